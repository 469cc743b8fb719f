/// The inputs of one call by name, wherever they came from; values still as text.
struct Inputs {
  var values: [String: String] = [:]
  var document: String?

  enum Request { case run(Inputs, wantsStandardInput: Bool), help, version }

  /// Reads a command line: options as `--name value` or `--name=value`, flags, positionals in their order.
  static func parse(_ words: [String], _ manual: Manual) throws(Failure) -> Request {
    var inputs = Inputs()
    var positionals = manual.arguments.filter { $0.place == .positional }[...]
    var wantsStandardInput = false
    var rest = words[...]
    var onlyPositionals = false
    while let word = rest.popFirst() {
      if ["--help", "-h"].contains(word) && !onlyPositionals { return .help }
      if word == "--version" && !onlyPositionals { return .version }
      if word == "--" && !onlyPositionals {
        onlyPositionals = true
      } else if word == "-" {
        wantsStandardInput = true
      } else if word.hasPrefix("-") && !onlyPositionals {
        let name = String(word.drop { $0 == "-" }.prefix { $0 != "=" })
        guard word.hasPrefix("--"),
          let argument = manual.arguments.first(where: { $0.place != .positional && $0.name == name })
        else { throw Failure(.usage, "\(manual.name) has no option \(word.prefix { $0 != "=" }); try --help") }
        let inline = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
        let value: String
        if argument.place == .flag {
          guard inline == nil else { throw Failure(.usage, "\(argument.spelling) takes no value") }
          value = "true"
        } else if let given = inline ?? rest.popFirst() {
          value = given
        } else {
          throw Failure(.usage, "\(argument.spelling) needs a value")
        }
        guard inputs.values.updateValue(value, forKey: name) == nil else {
          throw Failure(.usage, "\(argument.spelling) is given twice")
        }
      } else if let argument = positionals.popFirst() {
        inputs.values[argument.name] = word
      } else if manual.document != nil && inputs.document == nil {
        inputs.document = word
      } else {
        throw Failure(.usage, "\"\(word)\" is one word too many; try --help")
      }
    }
    return .run(inputs, wantsStandardInput: wantsStandardInput)
  }

  /// Adds what a JSON object says; its keys are the names of the inputs.
  mutating func add(_ json: JSON, _ manual: Manual) throws(Failure) {
    guard case .object(let members) = json else { throw Failure(.data, "the JSON document must be an object") }
    for member in members {
      guard let argument = manual.arguments.first(where: { $0.name == member.key }) else {
        let known = manual.arguments.map(\.name).joined(separator: ", ")
        throw Failure(.data, "\(member.key): no such input; there are \(known)")
      }
      let text: String
      switch member.value {
      case .string(let value): text = value
      case .int(let value): text = String(value)
      case .double(let value): text = String(value)
      case .bool(let value): text = value ? "true" : "false"
      case .null: continue
      case .array, .object: throw Failure(.data, "\(member.key): must be a plain value")
      }
      guard !text.utf8.contains(0) else { throw Failure(.data, "\(member.key): has a NUL in it") }
      guard values.updateValue(text, forKey: argument.name) == nil else {
        throw Failure(.data, "\(member.key): is given on the command line and in the JSON document")
      }
    }
  }

  /// Whether a required input is not there yet.
  func isIncomplete(_ manual: Manual) -> Bool {
    manual.arguments.contains { $0.isRequired && values[$0.name] == nil }
  }

  /// The value of every input that there is, given or not, each as a ``Parsed``.
  ///
  /// - Throws: all that is wrong with them.
  func judged(_ manual: Manual) throws(Failure) -> [String: any Sendable] {
    var judged: [String: any Sendable] = [:]
    var mistakes: [String] = []
    for argument in manual.arguments {
      do throws(Failure) {
        judged[argument.name] = try argument.judge(values[argument.name])
      } catch {
        mistakes += error.sentences
      }
    }
    guard mistakes.isEmpty else { throw Failure(.usage, mistakes) }
    return judged
  }
}
