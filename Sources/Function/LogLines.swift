import Glibc
import Logging

/// Log lines on standard error: `level function: message key=value`. The scheduler that called us stamps the time.
struct LogLines: LogHandler {
  let label: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(label: String, logLevel: Logger.Level) {
    self.label = label
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "\(event.level) \(label): \(event.message)"
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
    StandardError.shared.write(line, as: label)
  }

  /// Says how many lines were dropped, if the reader of standard error has gone on meanwhile.
  static func end() { StandardError.shared.mentionDropped(as: nil) }
}

/// Standard error for whom it must not hold up: a reader that stands still costs lines, and not a tick that has mails out
/// its time.
///
/// A pipe holds 64 KiB. `O_NONBLOCK` on the descriptor that we were given would hold for everybody who shares it, the
/// caller's shell among them; so a pipe or a terminal is opened once more, for us. Where that is not allowed (a pipe that
/// root made for us) we ask before each line whether it would be taken, which leaves a gap only where others fill the same
/// pipe at that instant.
private final class StandardError {
  // Only the one thread of a function logs.
  nonisolated(unsafe) static let shared = StandardError()

  private let descriptor: Int32
  private var dropped = 0
  private var label = ""

  private init() {
    var status = stat()
    let canBlock = fstat(STDERR_FILENO, &status) == 0 && [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT)
    let own = canBlock ? open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
    descriptor = own >= 0 ? own : STDERR_FILENO
  }

  func write(_ line: String, as label: String) {
    mentionDropped(as: label)
    if dropped > 0 || !put(line) { dropped += 1 }
  }

  func mentionDropped(as label: String?) {
    self.label = label ?? self.label
    guard dropped > 0 else { return }
    let lines = dropped == 1 ? "1 line was dropped" : "\(dropped) lines were dropped"
    if put("warning \(self.label): \(lines): nobody read standard error") { dropped = 0 }
  }

  /// Whether the line was taken.
  private func put(_ line: String) -> Bool {
    let bytes = StandardError.safe(line)
    var asked = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while true {
      guard poll(&asked, 1, 0) > 0, asked.revents & Int16(POLLOUT) != 0 else { return false }
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      // Of a line that was taken in part the rest is lost: to wait for room is what must not be.
      return count > 0
    }
  }

  /// Names of campaigns and replies of servers are hostile input: one event is one line, without escape sequences and
  /// without marks that turn the direction of what follows. At most `PIPE_BUF` bytes, which a pipe takes whole.
  private static func safe(_ line: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in line.unicodeScalars {
      bytes += (scalar.isVisible ? String(scalar) : "\u{FFFD}").utf8
      guard bytes.count < 4080 else {
        bytes += " …".utf8
        break
      }
    }
    bytes.append(0x0A)
    return bytes
  }
}
