import Glibc
import Logging

/// A function of Campanile: reads its input, does one step, prints one result, and exits.
///
/// The command-line face is here. A CGI face reads the same manual, and is chosen in `main` where
/// `GATEWAY_INTERFACE` is set; it comes with its issue.
public protocol Function {
  /// Its manual page, which is also the declaration of its inputs.
  static var manual: Manual { get }
  /// Does the step.
  static func run(_ call: Call) throws -> Report
}

/// What a function prints and exits with.
public struct Report: Sendable {
  let body: JSON?
  let exit: Exit

  /// One JSON object; an exit code other than 0 is for a report of something that is down.
  public init(_ body: JSON, exit: Exit = .done) {
    self.body = body
    self.exit = exit
  }

  /// For a function that has written its lines itself, or has nothing to say.
  public static let written = Report(body: nil)

  private init(body: JSON?) {
    self.body = body
    exit = .done
  }
}

extension Function {
  /// The program.
  public static func main() {
    // Before anything is opened: the database's socket would become standard error, and be sent our log lines.
    StandardIO.openWhatIsClosed()
    // A reader that goes away is an error of `write`, not the end of us (libcurl and libpq rely on it as well).
    signal(SIGPIPE, SIG_IGN)
    let level = getenv("LOG_LEVEL").map { String(cString: $0) } ?? ""
    let known = Logger.Level(rawValue: level.lowercased())
    LoggingSystem.bootstrap { label in LogLines(label: label, logLevel: known ?? .info) }
    let log = Logger(label: manual.name)
    let exit: Exit
    do {
      exit = try answer(log, unknownLevel: known == nil && !level.isEmpty ? level : nil)
    } catch {
      let failure = Failure(error)
      for sentence in failure.sentences { log.error("\(sentence)") }
      if !failure.detail.isEmpty { log.debug("\(failure.detail)") }
      exit = failure.exit
    }
    LogLines.end()
    Glibc.exit(exit.rawValue)
  }

  private static func answer(_ log: Logger, unknownLevel: String?) throws -> Exit {
    switch try Inputs.parse(Array(CommandLine.arguments.dropFirst()), manual) {
    case .help:
      try StandardIO.write(Array(manual.page.utf8))
      return .done
    case .version:
      try StandardIO.write(Array("\(manual.name) \(version)\n".utf8))
      return .done
    case .run(var inputs, let wantsStandardInput):
      let isIncomplete = inputs.isIncomplete(manual) && isatty(STDIN_FILENO) == 0
      if manual.document == nil && (wantsStandardInput || isIncomplete) {
        let bytes = try StandardIO.readAll(STDIN_FILENO, limit: 16 << 20)
        let isEmpty = bytes.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if !isEmpty { try inputs.add(JSON(parsing: bytes), manual) }
      }
      let call = try Call(manual: manual, inputs: inputs, log: log)
      if let unknownLevel {
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.configuration, "LOG_LEVEL must be one of \(levels), and is \"\(unknownLevel)\"")
      }
      let report = try run(call)
      if let body = report.body { try StandardIO.write(body.encoded() + [0x0A]) }
      return report.exit
    }
  }
}

/// The version of every function.
public let version = "0.1.0"
