import Campaign

/// One input of a function, declared once: the command line, a JSON document, the manual page (and, with its issue, a
/// CGI request) all read this declaration.
public struct Argument<Value: Sendable>: Sendable {
  /// What the manual page and the parsers need to know.
  public let declaration: Declaration

  private init(_ declaration: Declaration, _ value: @escaping @Sendable (String?) throws(Failure) -> Value) {
    var declaration = declaration
    declaration.judge = { text throws(Failure) in Parsed(value: try value(text)) }
    self.declaration = declaration
  }

  /// An input that must be there.
  public static func required(
    _ name: String, _ place: Declaration.Place = .option, _ type: ValueType<Value>, _ help: String
  ) -> Argument {
    let declaration = Declaration(
      name: name, place: place, placeholder: type.placeholder, help: help, isRequired: true, standard: nil)
    return Argument(declaration) { text throws(Failure) in
      guard let text else { throw Failure(.usage, "\(declaration.spelling) is missing: \(help); try --help") }
      return try type.read(text, declaration)
    }
  }

  /// An input with a value when it is not given.
  public static func standard(
    _ name: String, _ place: Declaration.Place = .option, _ type: ValueType<Value>, _ text: String, _ help: String
  ) -> Argument {
    let declaration = Declaration(
      name: name, place: place, placeholder: type.placeholder, help: help, isRequired: false, standard: text)
    return Argument(declaration) { given throws(Failure) in try type.read(given ?? text, declaration) }
  }

  /// An input that may be left out.
  public static func optional<T>(
    _ name: String, _ place: Declaration.Place = .option, _ type: ValueType<T>, _ help: String
  ) -> Argument where Value == T? {
    let declaration = Declaration(
      name: name, place: place, placeholder: type.placeholder, help: help, isRequired: false, standard: nil)
    return Argument(declaration) { text throws(Failure) in
      guard let text else { return nil }
      return try type.read(text, declaration)
    }
  }
}

extension Argument where Value == Bool {
  /// A switch: given or not.
  public static func flag(_ name: String, _ help: String) -> Argument {
    let declaration = Declaration(
      name: name, place: .flag, placeholder: "", help: help, isRequired: false, standard: nil)
    return Argument(declaration) { text throws(Failure) in
      guard let text else { return false }
      return try ValueType.truth.read(text, declaration)
    }
  }
}

/// What is known of an input without its value.
public struct Declaration: Sendable {
  /// Where the command line has it.
  public enum Place: Sendable { case positional, option, flag }

  /// The option's name without dashes; also the key in a JSON document.
  public let name: String
  /// Where the command line has it.
  public let place: Place
  /// What stands for the value in the manual page, for example `SECONDS`.
  public let placeholder: String
  /// One line.
  public let help: String
  /// Whether the function refuses to run without it.
  public let isRequired: Bool
  /// The text of the value when it is not given.
  public let standard: String?
  /// Makes the value, a ``Parsed``, from its text or from its absence: without its type, so that all inputs can be
  /// judged before the function does anything.
  fileprivate(set) var judge: @Sendable (String?) throws(Failure) -> any Sendable = { _ in () }

  /// As the command line spells it.
  public var spelling: String {
    switch place {
    case .positional: name.uppercased()
    case .option, .flag: "--\(name)"
    }
  }
}

/// A value that was judged.
struct Parsed<Value: Sendable>: Sendable {
  let value: Value
}

/// How a text becomes a value.
public struct ValueType<T: Sendable>: Sendable {
  let placeholder: String
  let expected: String
  /// What is wrong with a text, where that can be said; otherwise what is expected is.
  var problem: @Sendable (String) -> String? = { _ in nil }
  let parse: @Sendable (String) -> T?

  func read(_ text: String, _ declaration: Declaration) throws(Failure) -> T {
    guard let value = parse(text) else {
      if let problem = problem(text) { throw Failure(.usage, "\(declaration.spelling) \(problem)") }
      throw Failure(.usage, "\(declaration.spelling) must be \(expected), and is \"\(text)\"")
    }
    return value
  }
}

extension ValueType where T == String {
  /// Any text but the empty one.
  public static let text = ValueType(placeholder: "NAME", expected: "a text") { $0.isEmpty ? nil : $0 }
  /// What a new thing is found by from then on, as `apply` takes it in a document.
  public static let name = ValueType(placeholder: "NAME", expected: "a name", problem: Name.problem) {
    Name.problem($0) == nil ? $0 : nil
  }
  /// The path of a file.
  public static let path = ValueType(placeholder: "FILE", expected: "a path") { $0.isEmpty ? nil : $0 }

  /// One of some words.
  public static func oneOf(_ words: [String], placeholder: String? = nil) -> ValueType {
    let expected = "one of \(words.joined(separator: ", "))"
    return ValueType(placeholder: placeholder ?? words.joined(separator: "|"), expected: expected) {
      words.contains($0) ? $0 : nil
    }
  }
}

extension ValueType where T == Int {
  /// A whole number within bounds.
  public static func integer(_ range: ClosedRange<Int>) -> ValueType {
    ValueType(placeholder: "N", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
      Int($0).flatMap { range.contains($0) ? $0 : nil }
    }
  }
}

extension ValueType where T == Double {
  /// A number of seconds, not negative.
  public static let seconds = ValueType(placeholder: "SECONDS", expected: "a number of seconds") {
    Double($0).flatMap { $0 >= 0 && $0 <= 1e9 ? $0 : nil }
  }
}

extension ValueType where T == Bool {
  /// `true` or `false`.
  public static let truth = ValueType(placeholder: "", expected: "true or false") {
    switch $0 {
    case "true": true
    case "false": false
    default: nil
    }
  }
}
