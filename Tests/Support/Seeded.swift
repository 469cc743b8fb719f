import Foundation

/// A generator of random numbers that can be repeated: SplitMix64 (Steele, Lea and Flood, 2014).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// A generator that begins at a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// What `CAMPANILE_SEED` says, so that a run can be repeated, or a new one; or the one that is given, where what is judged
/// are chances, and one run in many may show a bad one without anything being broken.
public func seed(unlessSaid usual: UInt64? = nil) -> UInt64 {
  ProcessInfo.processInfo.environment["CAMPANILE_SEED"].flatMap(UInt64.init) ?? usual
    ?? UInt64.random(in: 0..<1_000_000)
}

/// `CLOCK_MONOTONIC`, in seconds: one clock for all processes of a host, and the one of the mail server's log.
public func monotonicSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
