import Function

/// What was found wrong so far, in the order of the document.
final class Mistakes {
  private var sentences: [String] = []

  func add(_ path: String, _ problem: String) { sentences.append(path.isEmpty ? problem : "\(path): \(problem)") }

  /// Ends the run if there are any; a hundred are enough for one reading.
  func refuse() throws(Failure) {
    guard !sentences.isEmpty else { return }
    let rest = sentences.count - 100
    throw Failure(.data, sentences.prefix(100) + (rest > 0 ? ["and \(rest) more mistakes"] : []))
  }
}

/// How a value is read: what it becomes, or the problem with it.
struct Rule<Value>: Sendable {
  let read: @Sendable (Tree) throws(Problem) -> Value
}

/// What is wrong with a value.
struct Problem: Error {
  let sentence: String
  /// Whether nothing else in the same mapping is worth saying then.
  let coversTheRest: Bool

  init(_ sentence: String, coversTheRest: Bool = false) {
    self.sentence = sentence
    self.coversTheRest = coversTheRest
  }
}

/// Reads the keys of one mapping. A mistake is noted and reading goes on, with nil or the standard value.
final class Fields {
  let path: String
  private let kind: String
  private let values: [(key: String, value: Tree)]
  private let mistakes: Mistakes
  private var known: [String] = []
  private var wrong: Set<String> = []
  private var isQuiet = false

  /// - Parameter kind: `sender`, `template`, …: the word for what the mapping describes.
  init(_ tree: Tree, _ kind: String, _ mistakes: Mistakes) {
    path = tree.path
    self.kind = kind
    self.mistakes = mistakes
    if case .mapping(let values) = tree.content {
      self.values = values
    } else {
      values = []
      isQuiet = true
      mistakes.add(path, "the \(kind) must be a mapping of keys to values, and is \(tree.shown)")
    }
  }

  /// Notes a mistake in one of the keys, or in the mapping as a whole.
  func note(_ key: String?, _ problem: String) {
    if !isQuiet { mistakes.add(key.map { path.appending(key: $0) } ?? path, problem) }
  }

  /// Whether there is something under a key.
  func has(_ key: String) -> Bool {
    switch values.first(where: { $0.key == key })?.value.content {
    case nil, .nothing: false
    case .list(let elements): !elements.isEmpty
    default: true
    }
  }

  /// Whether a mistake was found in the value of a key.
  func isWrong(_ key: String) -> Bool { wrong.contains(path.appending(key: key)) }

  private func value(_ key: String) -> Tree? {
    known.append(key)
    guard let tree = values.first(where: { $0.key == key })?.value else { return nil }
    if case .nothing = tree.content { return nil }
    return tree
  }

  private func read<T>(_ tree: Tree, _ rule: Rule<T>) -> T? {
    do throws(Problem) { return try rule.read(tree) } catch {
      if !isQuiet { mistakes.add(tree.path, error.sentence) }
      wrong.insert(tree.path)
      isQuiet = isQuiet || error.coversTheRest
      return nil
    }
  }

  func optional<T>(_ key: String, _ rule: Rule<T>) -> T? { value(key).flatMap { read($0, rule) } }

  func standard<T>(_ key: String, _ rule: Rule<T>, _ standard: T) -> T { optional(key, rule) ?? standard }

  func required<T>(_ key: String, _ rule: Rule<T>) -> T? {
    guard let tree = value(key) else {
      note(key, "is missing")
      return nil
    }
    return read(tree, rule)
  }

  /// The elements of a list that are as they should be.
  func list<T>(_ key: String, _ rule: Rule<T>, isRequired: Bool = false) -> [T] {
    elements(key, isRequired: isRequired).compactMap { read($0, rule) }
  }

  /// The mappings of a list.
  func mappings<T>(_ key: String, of kind: String, isRequired: Bool = false, _ make: (Fields) -> T) -> [T] {
    elements(key, isRequired: isRequired).map { read($0, kind, make) }
  }

  /// A mapping under a key; an empty one where there is none.
  func mapping<T>(_ key: String, _ make: (Fields) -> T) -> T {
    read(value(key) ?? Tree(path.appending(key: key), .mapping([])), key, make)
  }

  /// A mapping under a key, or nil where there is none.
  func optionalMapping<T>(_ key: String, _ make: (Fields) -> T) -> T? { value(key).map { read($0, key, make) } }

  /// The mappings under the keys of a mapping, whose keys are the document's own names for them.
  func entries<T>(_ key: String, of kind: String, _ make: (String, Fields) -> T) -> [T] {
    guard let tree = value(key) else { return [] }
    guard case .mapping(let values) = tree.content else {
      note(key, "must be a mapping, and is \(tree.shown)")
      return []
    }
    return values.map { name, value in read(value, kind) { make(name, $0) } }
  }

  private func read<T>(_ tree: Tree, _ kind: String, _ make: (Fields) -> T) -> T {
    let fields = Fields(tree, kind, mistakes)
    let made = make(fields)
    fields.complainAboutUnread()
    return made
  }

  private func elements(_ key: String, isRequired: Bool) -> [Tree] {
    guard let tree = value(key) else {
      if isRequired { note(key, "is missing") }
      return []
    }
    guard case .list(let elements) = tree.content else {
      note(key, "must be a list, and is \(tree.shown)")
      return []
    }
    if isRequired && elements.isEmpty { note(key, "must not be empty") }
    return elements
  }

  /// Nothing that was written is ignored: what nobody asked for is a mistake.
  func complainAboutUnread() {
    for (key, _) in values where !known.contains(key) {
      if notKeptYet.keys[kind]?.contains(key) ?? false {
        note(key, notKeptYet.problem)
      } else {
        note(key, "no such key; a \(kind) has \(known.joined(separator: ", "))")
      }
    }
  }
}

extension Tree {
  /// What stands here, for a sentence.
  var shown: String {
    switch content {
    case .nothing: "empty"
    case .scalar(let text, .plain): "\"\(apply.shown(text))\""
    case .scalar(let text, .text): "the text \"\(apply.shown(text))\""
    case .scalar(let text, .value): apply.shown(text)
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}
