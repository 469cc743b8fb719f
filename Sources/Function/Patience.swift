import Glibc

/// An end to what could take for ever and cannot be interrupted: somebody else's parser with hostile input.
public enum Patience {
  /// Runs `body`; if it uses more than so many seconds of processor time, the program prints `line` on standard error
  /// and exits with 65.
  ///
  /// Processor time and not the clock's: a busy or sleeping host makes no document wrong.
  public static func run<T>(seconds: Int, orSay line: StaticString, _ body: () throws -> T) rethrows -> T {
    lastLine = line
    signal(SIGVTALRM) { _ in
      // Only what a signal handler may do: write, and end at once.
      _ = write(STDERR_FILENO, lastLine.utf8Start, lastLine.utf8CodeUnitCount)
      _exit(Exit.data.rawValue)
    }
    // Whoever called us may have blocked the signal, and that is inherited.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGVTALRM)
    sigprocmask(SIG_UNBLOCK, &signals, nil)
    setTimer(seconds)
    defer { setTimer(0) }
    return try body()
  }

  private static func setTimer(_ seconds: Int) {
    var timer = itimerval()
    timer.it_value.tv_sec = seconds
    setitimer(__itimer_which_t(ITIMER_VIRTUAL.rawValue), &timer, nil)
  }
}

/// Written before the handler is installed, and only read by it.
nonisolated(unsafe) private var lastLine: StaticString = ""
