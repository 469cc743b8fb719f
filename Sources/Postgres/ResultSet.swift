import CPostgres

/// The result of one statement, freed with its last owner.
final class ResultSet {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  var status: ExecStatusType { PQresultStatus(pointer) }
  var rowCount: Int { Int(PQntuples(pointer)) }

  func rows<S: Statement>(of type: S.Type) throws(DatabaseError) -> [S.Output] {
    guard Int(PQnfields(pointer)) == type.columns.count else {
      if type.columns.isEmpty && rowCount == 0 { return [] }
      throw DatabaseError(.shape, "the statement \(type.sql.name) returned \(PQnfields(pointer)) columns")
    }
    var rows: [S.Output] = []
    rows.reserveCapacity(rowCount)
    if type.Output.self == Never.self { return rows }
    for row in 0..<Int32(rowCount) {
      var reader = RowReader(result: pointer, row: row, statement: type.sql.name)
      rows.append(try type.read(&reader))
    }
    return rows
  }

  /// What the server said, split into what may be shown and what is for debug logs.
  ///
  /// - Parameter role: whom the server knows us as.
  func error(in statement: String, role: String) -> DatabaseError {
    let detail = String(cString: PQresultErrorMessage(pointer))
    guard let state = field("C", of: pointer) else {
      return DatabaseError(.connection, "the database went away", detail: detail)
    }
    // The primary message may name objects; row values are in the detail field, which is never shown. Messages of
    // class 22 (data exceptions) quote the offending value in the primary message, so they are not shown either.
    let message = state.hasPrefix("22") ? "a value was not acceptable" : field("M", of: pointer) ?? "no message"
    let kind = SQLState(rawValue: state)
    let sentence =
      switch kind {
      case .insufficientPrivilege:
        "the database role \"\(role)\" lacks a right that \(statement) needs: \(message) (\(state)); "
          + "whoever owns the workspace can grant it"
      case .lockNotAvailable:
        "somebody else holds a lock that \(statement) needs, for longer than it waits: try again"
      default: "the database refused \(statement): \(message) (\(state))"
      }
    return DatabaseError(.server(kind), sentence, detail: detail)
  }
}

/// What the server says beside its answers.
public struct Notice: Sendable {
  /// Whether it is a warning, and no mere notice.
  public let isWarning: Bool
  /// Its primary message and its SQLSTATE: it may name objects, and carries no value of any row.
  public let sentence: String

  init(_ result: OpaquePointer) {
    // V is the severity that is not translated.
    isWarning = field("V", of: result) == "WARNING"
    sentence = "\(field("M", of: result) ?? "no message") (\(field("C", of: result) ?? "no code"))"
  }
}

/// One of the fields that the protocol gives an error or a notice, by its letter.
private func field(_ code: Character, of result: OpaquePointer) -> String? {
  guard let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return nil }
  return String(cString: text)
}

/// Reads the columns of one row in order.
public struct RowReader: ~Copyable {
  private let result: OpaquePointer
  private let row: Int32
  private let statement: String
  private var column: Int32 = -1

  init(result: OpaquePointer, row: Int32, statement: String) {
    self.result = result
    self.row = row
    self.statement = statement
  }

  /// The next column as text in PostgreSQL's output format; nil is NULL.
  public mutating func optionalText() -> String? {
    column += 1
    guard PQgetisnull(result, row, column) == 0 else { return nil }
    // libpq keeps the value, with a NUL behind it, until the result is cleared, which is after this copy.
    return String(cString: PQgetvalue(result, row, column))
  }

  /// The next column, which must not be NULL.
  public mutating func text() throws(DatabaseError) -> String {
    guard let text = optionalText() else { throw unexpected("NULL") }
    return text
  }

  /// The next column as an integer.
  public mutating func int() throws(DatabaseError) -> Int {
    guard let value = Int(try text()) else { throw unexpected("no integer") }
    return value
  }

  /// The next column as an integer, or nil for NULL.
  public mutating func optionalInt() throws(DatabaseError) -> Int? {
    guard let text = optionalText() else { return nil }
    guard let value = Int(text) else { throw unexpected("no integer") }
    return value
  }

  /// The next column as a floating-point number.
  public mutating func double() throws(DatabaseError) -> Double {
    guard let value = Double(try text()) else { throw unexpected("no number") }
    return value
  }

  /// The next column as a floating-point number, or nil for NULL.
  public mutating func optionalDouble() throws(DatabaseError) -> Double? {
    guard let text = optionalText() else { return nil }
    guard let value = Double(text) else { throw unexpected("no number") }
    return value
  }

  /// The next column as a truth value.
  public mutating func bool() throws(DatabaseError) -> Bool { try text() == "t" }

  private func unexpected(_ what: String) -> DatabaseError {
    DatabaseError(.shape, "column \(column + 1) of the statement \(statement) is \(what)")
  }
}
