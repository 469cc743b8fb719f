import Glibc

/// Seconds of `CLOCK_BOOTTIME`: it only goes forward, and goes on while the host sleeps.
public func bootTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_BOOTTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
