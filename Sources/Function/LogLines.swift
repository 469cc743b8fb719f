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
    // Names of campaigns and replies of servers are hostile input: one event is one line, without escape sequences
    // and without marks that turn the direction of what follows.
    var safe = ""
    for scalar in line.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: safe += "\u{FFFD}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    // A log line that cannot be written is no reason to stop.
    try? StandardIO.write(Array((safe + "\n").utf8), to: STDERR_FILENO)
  }
}
