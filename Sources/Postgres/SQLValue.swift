/// The types of PostgreSQL that our statements use, with the OIDs that every server has for them.
///
/// Source: `pg_type.dat` in PostgreSQL's source; the built-in OIDs never change.
public enum SQLType: UInt32, Sendable, CaseIterable {
  case bool = 16
  case int8 = 20
  case int2 = 21
  case int4 = 23
  case text = 25
  case float8 = 701
  case int2Array = 1005
  case int4Array = 1007
  case textArray = 1009
  case int8Array = 1016
  case timestamptz = 1184
  case interval = 1186
  case uuid = 2950
  case uuidArray = 2951
  case jsonb = 3802
  case void = 2278
}

/// A parameter of a statement: its type, and its text as PostgreSQL reads it (nil is NULL).
///
/// Parameters travel apart from the statement's text, always: nothing is ever spliced into SQL.
public struct SQLValue: Sendable {
  /// The type that the server is told.
  public let type: SQLType
  /// The value in PostgreSQL's text format; nil is NULL.
  public let text: String?

  /// A text.
  public static func text(_ value: String?) -> SQLValue { SQLValue(type: .text, text: value) }
  /// A uuid in its usual form.
  public static func uuid(_ value: String?) -> SQLValue { SQLValue(type: .uuid, text: value) }
  /// A JSON document.
  public static func jsonb(_ value: String?) -> SQLValue { SQLValue(type: .jsonb, text: value) }
  /// An 8-byte integer.
  public static func int8(_ value: Int?) -> SQLValue { SQLValue(type: .int8, text: value.map { String($0) }) }
  /// A 4-byte integer.
  public static func int4(_ value: Int?) -> SQLValue { SQLValue(type: .int4, text: value.map { String($0) }) }
  /// A truth value.
  public static func bool(_ value: Bool?) -> SQLValue { SQLValue(type: .bool, text: value.map { $0 ? "t" : "f" }) }
  /// A floating-point number.
  public static func float8(_ value: Double?) -> SQLValue { SQLValue(type: .float8, text: value.map { "\($0)" }) }
  /// An interval, in seconds.
  public static func seconds(_ value: Double?) -> SQLValue {
    SQLValue(type: .interval, text: value.map { "\($0) seconds" })
  }
  /// An array of 8-byte integers.
  public static func int8s(_ values: [Int]) -> SQLValue {
    SQLValue(type: .int8Array, text: "{" + values.map { String($0) }.joined(separator: ",") + "}")
  }
  /// An array of 4-byte integers.
  public static func int4s(_ values: [Int]?) -> SQLValue {
    SQLValue(type: .int4Array, text: values.map { "{" + $0.map { String($0) }.joined(separator: ",") + "}" })
  }
  /// An array of texts; nil elements are NULL.
  public static func texts(_ values: [String?]) -> SQLValue { SQLValue(type: .textArray, text: array(values)) }
  /// An array of uuids; nil elements are NULL.
  public static func uuids(_ values: [String?]) -> SQLValue { SQLValue(type: .uuidArray, text: array(values)) }

  /// PostgreSQL's array literal, every element quoted (manual, 8.15.6).
  private static func array(_ values: [String?]) -> String {
    var literal = "{"
    for (index, value) in values.enumerated() {
      if index > 0 { literal += "," }
      guard let value else {
        literal += "NULL"
        continue
      }
      literal += "\""
      if value.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
        for scalar in value.unicodeScalars {
          if scalar == "\"" || scalar == "\\" { literal += "\\" }
          literal.unicodeScalars.append(scalar)
        }
      } else {
        literal += value
      }
      literal += "\""
    }
    return literal + "}"
  }
}
