import Glibc

/// Seconds of a clock that only goes forward: for budgets and durations, not for deadlines of claims.
public enum Seconds {
  /// Seconds since some instant.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
