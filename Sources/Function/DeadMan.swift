import Glibc

/// Ends this process at an instant, even if it is frozen until after it: a check of the clock cannot do that for a
/// process that is stopped between the check and the write (DESIGN §4.2).
///
/// SIGALRM with its default action, which is to die; `CLOCK_BOOTTIME`, so that a host's sleep counts.
public final class DeadMan {
  /// A `void *` whose value is the kernel's number of the timer: the first one is 0, which Swift reads as nil.
  private var timer: timer_t?
  private var armedFor = Double.infinity

  /// - Throws: 78 when the system gives us no such timer: without one nothing may be sent.
  public init() throws(Failure) {
    // Whoever called us may have ignored or blocked the signal, and both would be inherited.
    signal(SIGALRM, SIG_DFL)
    var alarm = sigset_t()
    sigemptyset(&alarm)
    sigaddset(&alarm, SIGALRM)
    sigprocmask(SIG_UNBLOCK, &alarm, nil)
    guard timer_create(CLOCK_BOOTTIME, nil, &timer) == 0 else {
      throw Failure(
        .configuration,
        errno == EAGAIN
          ? "this user may have no timer: the limit of pending signals is used up; raise it (ulimit -i)"
          : "this system gives us no timer of CLOCK_BOOTTIME: \(String(cString: strerror(errno)))")
    }
  }

  deinit { timer_delete(timer) }

  /// Sets the instant, in seconds of `CLOCK_BOOTTIME`; infinity disarms.
  public func arm(_ instant: Double) {
    guard instant != armedFor else { return }
    armedFor = instant
    var setting = itimerspec()
    if instant.isFinite {
      let seconds = instant.rounded(.down)
      setting.it_value.tv_sec = Int(seconds)
      setting.it_value.tv_nsec = Int((instant - seconds) * 1e9)
    }
    timer_settime(timer, Int32(TIMER_ABSTIME), &setting, nil)
  }
}
