import Glibc

/// SIGTERM and SIGINT as something to wait for: a function that drains before it exits asks for it.
public final class Interrupt {
  /// Becomes readable with the first signal.
  public let descriptor: Int32

  /// Takes the two signals over from their default, which is to die.
  public init() {
    var pipe: [Int32] = [-1, -1]
    _ = Glibc.pipe(&pipe)
    for end in pipe {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    descriptor = pipe[0]
    interruptPipe = pipe[1]
    // A caller's blocked signals are inherited.
    var both = sigset_t()
    sigemptyset(&both)
    sigaddset(&both, SIGTERM)
    sigaddset(&both, SIGINT)
    sigprocmask(SIG_UNBLOCK, &both, nil)
    for number in [SIGTERM, SIGINT] {
      signal(number) { _ in
        // Only what a signal handler may do: one byte into a pipe that does not block.
        var byte: UInt8 = 1
        _ = write(interruptPipe, &byte, 1)
      }
    }
  }

  /// Whether one of the signals has come.
  public var isRaised: Bool {
    var byte: UInt8 = 0
    if read(descriptor, &byte, 1) == 1 { wasRaised = true }
    return wasRaised
  }

  private var wasRaised = false
}

/// Written before the handlers are installed, and only read by them.
nonisolated(unsafe) private var interruptPipe: Int32 = -1
