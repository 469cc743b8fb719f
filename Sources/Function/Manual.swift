/// A function's manual page: what `--help` prints, and what its README repeats word for word.
public struct Manual: Sendable {
  /// The program's name.
  public let name: String
  /// One line.
  public let summary: String
  /// Some paragraphs.
  public let discussion: String
  /// Its inputs.
  public let arguments: [Declaration]
  /// What it reads from a positional file or standard input, if anything.
  public let document: String?
  /// The environment variables besides those that every function has.
  public let environment: [(name: String, meaning: String)]
  /// The exit codes that it can end with, besides 0, 64, 70, 75, 77 and 78.
  public let exits: [Exit]

  /// A page; `document` says what the function reads from a file or standard input.
  public init(
    _ name: String, _ summary: String, discussion: String, arguments: [Declaration] = [], document: String? = nil,
    environment: [(name: String, meaning: String)] = [], exits: [Exit] = []
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.arguments = arguments
    self.document = document
    self.environment = environment
    self.exits = exits
  }

  /// The page as text, 80 columns wide where the texts allow it.
  public var page: String {
    var lines = ["\(name): \(summary)", "", "Usage: \(usage)"]
    if !discussion.isEmpty { lines += ["", discussion] }
    var inputs = arguments.map { argument in
      var help = argument.help
      if let standard = argument.standard { help += " (\(standard) unless given)" }
      let spelling =
        argument.placeholder.isEmpty || argument.place == .positional
        ? argument.spelling : "\(argument.spelling) \(argument.placeholder)"
      return (spelling, help)
    }
    if let document { inputs.append(("FILE", "\(document); - or nothing is standard input")) }
    lines += Manual.table("Inputs", inputs + [("--help", "prints this page"), ("--version", "prints the version")])
    if arguments.contains(where: \.isRequired) && document == nil {
      lines += ["", "An input that must be given can also come as a JSON object on standard input, under its name."]
    }
    lines += Manual.table("Environment", Manual.environment + environment)
    let codes = Exit.allCases.filter {
      exits.contains($0) || [.done, .usage, .bug, .tryAgain, .notAllowed, .configuration].contains($0)
    }
    lines += Manual.table("Exit codes", codes.map { ("\($0.rawValue)", $0.meaning) })
    return lines.joined(separator: "\n") + "\n"
  }

  private static let environment: [(name: String, meaning: String)] = [
    ("DATABASE_URL", "the PostgreSQL database"),
    ("CAMPANILE_SCHEMA", "the workspace's schema (campanile unless set)"),
    ("LOG_LEVEL", "trace, debug, info, notice, warning, error or critical (info unless set)"),
  ]

  private var usage: String {
    let words = arguments.map { argument in
      let word =
        argument.placeholder.isEmpty || argument.place == .positional
        ? argument.spelling : "\(argument.spelling) \(argument.placeholder)"
      return argument.isRequired ? word : "[\(word)]"
    }
    return ([name] + words + (document == nil ? [] : ["[FILE]"])).joined(separator: " ")
  }

  private static func table(_ title: String, _ rows: [(String, String)]) -> [String] {
    guard !rows.isEmpty else { return [] }
    let width = rows.map(\.0.count).max() ?? 0
    return ["", "\(title):"]
      + rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }
  }
}
