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

  /// For a function that has written its lines itself.
  public static let written = Report(body: nil)

  private init(body: JSON?) {
    self.body = body
    exit = .done
  }
}

extension Function {
  /// The program.
  public static func main() {
    // A reader that goes away is an error of `write`, not the end of us (libcurl and libpq rely on it as well).
    signal(SIGPIPE, SIG_IGN)
    let level = getenv("LOG_LEVEL").flatMap { Logger.Level(rawValue: String(cString: $0)) } ?? .info
    LoggingSystem.bootstrap { label in LogLines(label: label, logLevel: level) }
    let log = Logger(label: manual.name)
    do {
      let exit = try answer(log)
      Glibc.exit(exit.rawValue)
    } catch {
      let failure = Failure(error)
      for sentence in failure.sentences { log.error("\(sentence)") }
      if !failure.detail.isEmpty { log.debug("\(failure.detail)") }
      Glibc.exit(failure.exit.rawValue)
    }
  }

  private static func answer(_ log: Logger) throws -> Exit {
    switch try Inputs.parse(Array(CommandLine.arguments.dropFirst()), manual) {
    case .help:
      try StandardIO.write(Array(manual.page.utf8))
      return .done
    case .version:
      try StandardIO.write(Array("\(manual.name) \(version)\n".utf8))
      return .done
    case .run(var inputs, let wantsStandardInput):
      let isIncomplete = !inputs.missing(manual).isEmpty && isatty(STDIN_FILENO) == 0
      if manual.document == nil && (wantsStandardInput || isIncomplete) {
        let bytes = try StandardIO.readAll(STDIN_FILENO, limit: 16 << 20)
        let isEmpty = bytes.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if !isEmpty { try inputs.add(JSON(parsing: bytes), manual) }
      }
      if let missing = inputs.missing(manual).first {
        throw Failure(.usage, "\(missing.spelling) is missing: \(missing.help); try --help")
      }
      let report = try run(Call(manual: manual, inputs: inputs, log: log))
      if let body = report.body { try StandardIO.write(body.encoded() + [0x0A]) }
      return report.exit
    }
  }
}

/// The version of every function.
public let version = "0.1.0"
