import Campaign
import Function
import Yams

/// A value of the document, and where it stands in it.
///
/// Scalars stay the text that was written: YAML's own rules would make `no` false, `09:00` a number and `1e3` 1000.
struct Tree {
  enum Content {
    /// Nothing, `~` or `null`: as if the key were not there.
    case nothing
    case scalar(String, Style)
    case list([Tree])
    case mapping([(key: String, value: Tree)])
  }

  /// How a scalar was written: bare, which can be a text or a number; in quotes or as a block, always a text; a
  /// number or a truth value of JSON, never a text.
  enum Style { case plain, text, value }

  /// For example `campaigns[0].senders[1]`; empty for the document itself.
  let path: String
  let content: Content

  /// Reads JSON where it is JSON, and YAML otherwise.
  init(reading bytes: [UInt8], _ mistakes: Mistakes) throws(Failure) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.data, "the document is not UTF-8") }
    var growth = Growth(mistakes: mistakes)
    if text.first(where: { !$0.isWhitespace }) == "{", let json = try? JSON(parsing: bytes) {
      self = try growth.tree(json, "", 0)
    } else if let node = try Tree.compose(text) {
      self = try growth.tree(node, "", 0)
    } else {
      throw Failure(.data, "the document is empty")
    }
  }

  init(_ path: String, _ content: Content) {
    self.path = path
    self.content = content
  }

  private static func compose(_ text: String) throws(Failure) -> Yams.Node? {
    do {
      // `.basic` resolves no scalar; the encoding is given because the default may print on standard output.
      return try Yams.compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw Failure(.data, error.sentence)
    } catch {
      throw Failure(.data, "the document cannot be read as YAML")
    }
  }
}

/// Makes trees, within limits that a document made to exhaust us runs into.
private struct Growth {
  let mistakes: Mistakes
  private var values = 0

  init(mistakes: Mistakes) { self.mistakes = mistakes }

  private mutating func count(_ path: String, _ depth: Int) throws(Failure) {
    values += 1
    // A kilobyte of aliases that stand for aliases can mean a billion values.
    guard values <= 200_000 else {
      throw Failure(.data, "the document has more than 200,000 values, with its aliases written out")
    }
    guard depth < 32 else { throw Failure(.data, "the document is nested deeper than 32") }
  }

  mutating func tree(_ json: JSON, _ path: String, _ depth: Int) throws(Failure) -> Tree {
    try count(path, depth)
    switch json {
    case .null: return Tree(path, .nothing)
    case .bool(let value): return Tree(path, .scalar(String(value), .value))
    case .int(let value): return Tree(path, .scalar(String(value), .value))
    case .double(let value): return Tree(path, .scalar(String(value), .value))
    case .string(let text): return Tree(path, .scalar(withoutNUL(text, path), .text))
    case .array(let elements):
      var list: [Tree] = []
      for element in elements { list.append(try tree(element, "\(path)[\(list.count)]", depth + 1)) }
      return Tree(path, .list(list))
    case .object(let members):
      var mapping: [(String, Tree)] = []
      for member in members {
        mapping.append((member.key, try tree(member.value, path.appending(key: member.key), depth + 1)))
      }
      return Tree(path, .mapping(mapping))
    }
  }

  mutating func tree(_ node: Yams.Node, _ path: String, _ depth: Int) throws(Failure) -> Tree {
    try count(path, depth)
    switch node {
    case .scalar(let scalar):
      check(scalar.tag, .str, path)
      let isPlain = scalar.style == .plain && scalar.tag.description.isEmpty
      if isPlain && ["", "~", "null"].contains(scalar.string) { return Tree(path, .nothing) }
      return Tree(path, .scalar(withoutNUL(scalar.string, path), isPlain ? .plain : .text))
    case .sequence(let sequence):
      check(sequence.tag, .seq, path)
      var list: [Tree] = []
      for node in sequence { list.append(try tree(node, "\(path)[\(list.count)]", depth + 1)) }
      return Tree(path, .list(list))
    case .mapping(let pairs):
      check(pairs.tag, .map, path)
      var mapping: [(String, Tree)] = []
      for (key, value) in pairs {
        guard case .scalar(let name) = key else {
          mistakes.add(path, "a key must be a name, and is a list or a mapping")
          continue
        }
        check(name.tag, .str, path)
        mapping.append((name.string, try tree(value, path.appending(key: name.string), depth + 1)))
      }
      return Tree(path, .mapping(mapping))
    case .alias:
      throw Failure(.bug, "\(path): an alias that was not resolved")
    }
  }

  /// A tag asks the reader to make something else of a value; nothing here needs that.
  private func check(_ tag: Tag, _ expected: Tag.Name, _ path: String) {
    guard !["", "!", expected.rawValue].contains(tag.description) else { return }
    mistakes.add(path, "the tag \(shown(tag.description)) is not supported here")
  }

  private func withoutNUL(_ text: String, _ path: String) -> String {
    guard text.utf8.contains(0) else { return text }
    mistakes.add(path, "has a NUL in it, which PostgreSQL cannot hold")
    return text.filter { $0 != "\0" }
  }
}

extension String {
  /// The path of a key of the mapping at this path.
  func appending(key: String) -> String { isEmpty ? shown(key) : "\(self).\(shown(key))" }
}

/// A text of the document as a sentence may hold it: cut, and without what a terminal or a reader would act on.
func shown(_ text: String, atMost length: Int = 60) -> String {
  let start = text.unicodeScalars.prefix(length)
  let safe = start.map { $0.isVisible ? String($0) : "\u{FFFD}" }.joined()
  return start.endIndex < text.unicodeScalars.endIndex ? safe + "…" : safe
}

extension YamlError {
  /// What is wrong, and where; the library's own description would quote the document.
  fileprivate var sentence: String {
    switch self {
    case .parser(_, "Maximum nesting level reached, set with yaml_set_max_nest_level())", _, _):
      "the document is nested deeper than 1000"
    case .composer(_, "but found another document", let mark, _):
      "\(place(mark)): a second document begins here, and apply takes one"
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      "\(place(mark)): \(problem)" + (context.map { ", \($0.text) (\(place($0.mark)))" } ?? "")
    case .reader(let problem, let offset?, _, let yaml): "\(place(of: offset, in: yaml)): \(problem)"
    case .duplicatedKeysInMapping(let keys, let context):
      "\(place(context.mark)): stands twice in one mapping: \(keys.map { "\"\(shown($0))\"" }.joined(separator: ", "))"
    default: "the document cannot be read as YAML"
    }
  }

  private func place(_ mark: Mark) -> String { "line \(mark.line), column \(mark.column)" }

  private func place(of offset: Int, in yaml: String) -> String {
    let lines = yaml.prefix(offset).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return "line \(lines.count), column \((lines.last?.count ?? 0) + 1)"
  }
}
