/// What went wrong between us and PostgreSQL.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is: this decides the exit code.
  public enum Kind: Sendable, Hashable {
    /// No connection could be had, or it broke; whether the last transaction was committed is not known.
    case connection
    /// What we were told of the database is wrong: it refused us for what we said, not for how it is.
    case configuration
    /// The server refused a statement.
    case server(SQLState)
    /// What came back is not what the statement's Swift type declares: a bug of ours.
    case shape
    /// A text that PostgreSQL cannot hold: it has a NUL in it.
    case nul
  }

  /// What kind of trouble it is.
  public let kind: Kind
  /// A sentence that may be shown and logged: it carries no value of any row.
  public let sentence: String
  /// Everything that the server said, values of rows included: for debug logs only.
  public let detail: String

  /// Makes an error of a kind; `detail` is for debug logs only.
  public init(_ kind: Kind, _ sentence: String, detail: String = "") {
    self.kind = kind
    self.sentence = sentence
    self.detail = detail
  }

  /// The sentence that may be shown.
  public var description: String { sentence }

  /// The SQLSTATE, where the server gave one.
  public var sqlState: SQLState? {
    if case .server(let state) = kind { state } else { nil }
  }
}
