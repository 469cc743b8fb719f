import Glibc

/// Ids for leads that the rows of a file may make, in the order of the rows: UUIDs of version 7 (RFC 9562 5.7), counted
/// up at random (6.2, method 2).
///
/// In order, so that indexes grow at their ends: a million leads went in in 8.3 s, and in 10.9 s with ids of version 4,
/// when rows still went in as text. Random by 32 bits, so that nobody can tell another lead's id from one.
struct LeadIDs {
  private var milliseconds: UInt64
  private var random: UInt64
  private var steps: [UInt32] = []

  /// - Parameter milliseconds: the time, since 1970.
  init(milliseconds: Int) {
    self.milliseconds = UInt64(clamping: milliseconds)
    // Half of the 62 bits, so that there is room for at least 2 ^ 29 ids before the next millisecond has to be taken.
    random = .random(in: 0..<1 << 61)
  }

  /// Appends the next id.
  mutating func appendNext(to rows: inout CopyRows) {
    random += UInt64(step()) + 1
    if random >= 1 << 62 {
      milliseconds += 1
      random = .random(in: 0..<1 << 61)
    }
    // Version 7, and the 12 bits that follow it stay zero: there are enough behind them. Then the variant, 2 bits.
    rows.appendUUID(milliseconds << 16 | 0x7000, 1 << 63 | random)
  }

  /// A random number; the system's, 64 at a time, because a call for each costs more than all else here.
  private mutating func step() -> UInt32 {
    if let next = steps.popLast() { return next }
    steps = [UInt32](repeating: 0, count: 64)
    // The array is as long as what the system is told, and lives through the call. It fails for more than 256 bytes.
    let result = steps.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
    precondition(result == 0, "getentropy")
    return steps.removeLast()
  }
}
