/// A JSON value (RFC 8259), with the keys of an object in their order.
///
/// Ours and not Foundation's: a function that pauses a campaign starts in 5 ms; loading Foundation costs 3 ms more.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  /// One key of an object and its value.
  public struct Member: Sendable, Hashable {
    /// The key.
    public let key: String
    /// Its value.
    public let value: JSON
  }

  /// An object of keys and values in this order.
  public static func object(_ members: [(String, JSON)]) -> JSON {
    .object(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// A string, or null for nil.
  public init(_ text: String?) { self = text.map(JSON.string) ?? .null }

  /// The value under a key of an object; keys are the same when their bytes are, as everywhere in here.
  public subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A list.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// An object, its keys in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements)
  }
}

// MARK: - Writing

extension JSON {
  /// The value on one line, in UTF-8, without a line end.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the value on one line.
  public func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .int(let value): bytes += String(value).utf8
    case .double(let value): bytes += (value.isFinite ? String(value) : "null").utf8
    case .string(let value): JSON.append(value, to: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSON.append(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    let hex = Array("0123456789abcdef".utf8)
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      // DEL is legal in JSON, but a terminal may act on it.
      case 0..<0x20, 0x7F: bytes += "\\u00".utf8 + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

// MARK: - Reading

/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, CustomStringConvertible {
  /// What is wrong.
  public let problem: String
  /// The line, from 1.
  public let line: Int
  /// The column in bytes, from 1.
  public let column: Int

  /// A sentence with the place.
  public var description: String { "line \(line), column \(column): \(problem)" }
}

extension JSON {
  /// Reads one JSON value; anything behind it but white space, a key that stands twice, and nesting deeper than 100
  /// are refused.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = Parser(bytes: bytes)
    self = try parser.document()
  }

  private struct Parser {
    let bytes: [UInt8]
    var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
      let value = try value(depth: 0)
      skipSpace()
      guard at == bytes.count else { throw error("something follows the end of the document") }
      return value
    }

    func error(_ problem: String) -> JSONError {
      let before = bytes[..<min(at, bytes.count)]
      let line = before.count { $0 == 0x0A } + 1
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      return JSONError(problem: problem, line: line, column: before.count - start + 1)
    }

    var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    mutating func take(_ word: StaticString) -> Bool {
      let length = word.utf8CodeUnitCount
      guard at + length <= bytes.count, bytes[at..<at + length].elementsEqual(String(describing: word).utf8)
      else { return false }
      at += length
      return true
    }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
      guard depth < 100 else { throw error("nested deeper than 100") }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return try object(depth)
      case UInt8(ascii: "["): return try array(depth)
      case UInt8(ascii: "\""): return .string(try string())
      case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try number()
      default:
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        if take("null") { return .null }
        throw error(next == nil ? "the document ends too early" : "a value is expected here")
      }
    }

    mutating func object(_ depth: Int) throws(JSONError) -> JSON {
      at += 1
      var members: [Member] = []
      // By their bytes, as PostgreSQL does it: for Swift two spellings of one name are equal (NFC and NFD, say), and an
      // object with both could not be read.
      var keys: Set<[UInt8]> = []
      skipSpace()
      if take("}") { return .object(members) }
      while true {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw error("a key in quotes is expected here") }
        let key = try string()
        guard keys.insert(Array(key.utf8)).inserted else { throw error("the key \"\(key)\" stands twice") }
        skipSpace()
        guard take(":") else { throw error("a colon is expected here") }
        members.append(Member(key: key, value: try value(depth: depth + 1)))
        skipSpace()
        if take("}") { return .object(members) }
        guard take(",") else { throw error("a comma or a closing brace is expected here") }
      }
    }

    mutating func array(_ depth: Int) throws(JSONError) -> JSON {
      at += 1
      var elements: [JSON] = []
      skipSpace()
      if take("]") { return .array([]) }
      while true {
        elements.append(try value(depth: depth + 1))
        skipSpace()
        if take("]") { return .array(elements) }
        guard take(",") else { throw error("a comma or a closing bracket is expected here") }
      }
    }

    mutating func number() throws(JSONError) -> JSON {
      let start = at
      func digit(_ byte: UInt8?) -> Bool { byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }
      var isInteger = true
      if next == UInt8(ascii: "-") { at += 1 }
      guard digit(next) else { throw error("a digit is expected here") }
      if next == UInt8(ascii: "0") { at += 1 } else { while digit(next) { at += 1 } }
      if next == UInt8(ascii: ".") {
        isInteger = false
        at += 1
        guard digit(next) else { throw error("a digit is expected here") }
        while digit(next) { at += 1 }
      }
      if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
        isInteger = false
        at += 1
        if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
        guard digit(next) else { throw error("a digit is expected here") }
        while digit(next) { at += 1 }
      }
      let text = String(decoding: bytes[start..<at], as: UTF8.self)
      if isInteger, let value = Int(text) { return .int(value) }
      guard let value = Double(text) else { throw error("this number cannot be held") }
      return .double(value)
    }

    mutating func string() throws(JSONError) -> String {
      at += 1
      var text: [UInt8] = []
      while let byte = next {
        switch byte {
        case UInt8(ascii: "\""):
          at += 1
          guard let string = String(validating: text, as: UTF8.self) else { throw error("this is not UTF-8") }
          return string
        case UInt8(ascii: "\\"):
          at += 1
          try escape(&text)
        case 0..<0x20: throw error("a control character stands in a string")
        default:
          text.append(byte)
          at += 1
        }
      }
      throw error("a string is not closed")
    }

    mutating func escape(_ text: inout [UInt8]) throws(JSONError) {
      guard let byte = next else { throw error("the document ends too early") }
      at += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        var code = try hex4()
        if (0xD800..<0xDC00).contains(code) {
          guard take("\\u") else { throw error("half of a surrogate pair") }
          let low = try hex4()
          guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
        text += String(Character(scalar)).utf8
      default: throw error("this escape is not known")
      }
    }

    mutating func hex4() throws(JSONError) -> UInt32 {
      guard at + 4 <= bytes.count,
        bytes[at..<at + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
      else { throw error("four hexadecimal digits are expected here") }
      at += 4
      return code
    }
  }
}
