import Glibc

/// A command that prints a token, run once while everything else goes on. What it prints is never shown.
final class TokenCommand {
  enum Result {
    case running
    case token(String)
    case failed(String)
  }

  /// How long it may take, in seconds.
  private static let patience = 30.0

  /// When it has to be looked at, if nothing happens (`CLOCK_BOOTTIME`).
  private(set) var limit: Double
  private let end: Double
  private let loop: TransportLoop
  private var process: pid_t = 0
  private var descriptor: Int32 = -1
  private var output: [UInt8] = []

  /// - Parameter command: for `/bin/sh -c`.
  init?(_ command: String, loop: TransportLoop) {
    self.loop = loop
    end = bootTime() + TokenCommand.patience
    limit = end
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    TokenCommand.keepToOurselves()
    let begun = TokenCommand.spawn(command, output: ends[1])
    close(ends[1])
    guard let begun, fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else {
      close(ends[0])
      return nil
    }
    (process, descriptor) = (begun, ends[0])
    loop.watch(descriptor)
  }

  /// Not all that libraries have open closes by itself; and a socket that a child holds is not broken off when this process
  /// is ended by its dead-man timer.
  private static func keepToOurselves() {
    guard let folder = opendir("/proc/self/fd") else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
  }

  private static func spawn(_ command: String, output: Int32) -> pid_t? {
    // A caller that ignores it would leave us without an exit code.
    signal(SIGCHLD, SIG_DFL)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    // It may say the token there, or parts of it.
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, broken) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&broken)
    sigaddset(&broken, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &broken)
    // A group of its own: what it has started is ended with it.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    let arguments: [String] = ["/bin/sh", "-c", command]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    return posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, environ) == 0 ? process : nil
  }

  deinit { stop() }

  /// What has become of it by now.
  func look() -> Result {
    guard process > 0 else { return .failed("has ended") }
    var buffer = [UInt8](repeating: 0, count: 4096)
    while descriptor >= 0 {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        output += buffer[..<count]
        guard output.count <= 64 << 10 else { return fail("printed more than a token") }
      } else if count == 0 {
        closeOutput()
      } else if errno != EINTR {
        break
      }
    }
    let now = bootTime()
    if descriptor < 0 {
      var status: Int32 = 0
      let ended = waitpid(process, &status, WNOHANG)
      if ended != 0 {
        process = 0
        return judge(ended > 0 ? status : -1)
      }
      // It has closed its output and goes on: nothing else would wake us.
      limit = min(end, now + 0.05)
    }
    return now < end ? .running : fail("did not end within \(Int(TokenCommand.patience)) s")
  }

  /// waitpid(2): the low seven bits are the signal that ended it, the exit code is in the next byte.
  private func judge(_ status: Int32) -> Result {
    if status < 0 { return .failed("cannot be waited for") }
    if status & 0x7F != 0 { return .failed("was ended by signal \(status & 0x7F)") }
    guard status == 0 else { return .failed("ended with exit code \(status >> 8 & 0xFF)") }
    guard let token = Transport.token(in: String(decoding: output, as: UTF8.self)) else {
      return .failed(output.allSatisfy { $0 <= 0x20 } ? "printed nothing" : "printed something that is no token")
    }
    return .token(token)
  }

  private func fail(_ why: String) -> Result {
    stop()
    return .failed(why)
  }

  /// Ends it, and what it has started.
  func stop() {
    closeOutput()
    guard process > 0 else { return }
    kill(-process, SIGKILL)
    waitpid(process, nil, 0)
    process = 0
  }

  private func closeOutput() {
    guard descriptor >= 0 else { return }
    loop.forget(descriptor)
    close(descriptor)
    descriptor = -1
  }
}
