/// A statement of the product: a file in `sql/steps`, and the Swift type beside it.
///
/// An instance holds the parameters of one execution. `columns` declares what comes back; a test prepares every
/// statement against a real server and compares both.
public protocol Statement: Sendable {
  /// What one row becomes; `Never` for a statement without rows.
  associatedtype Output
  /// The file's name without `.sql`, and its text.
  static var sql: SQLText { get }
  /// The columns that come back, in order.
  static var columns: [Column] { get }
  /// The parameters `$1`, `$2`, … of this execution.
  var parameters: [SQLValue] { get }
  /// Reads one row, column by column in the declared order.
  static func read(_ row: inout RowReader) throws(DatabaseError) -> Output
}

extension Statement where Output == Never {
  /// A statement without rows has no columns.
  public static var columns: [Column] { [] }
  /// A statement without rows is never asked to read one.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Never {
    throw DatabaseError(.shape, "the statement \(sql.name) has rows, and its type declares none")
  }
}

extension Statement {
  /// Most statements need no parameters or have them all.
  public var parameters: [SQLValue] { [] }
}

/// The text of a statement with the name of its file, and a NUL behind it as libpq takes it.
public struct SQLText: Sendable {
  /// The file's name without `.sql`.
  public let name: String
  /// The file's text without its header, and a terminating NUL.
  let bytes: [UInt8]

  /// Takes the bytes that the build embedded for the file `name`.sql.
  public init(_ name: String, _ embedded: [UInt8]) {
    self.name = name
    // The header of the file is for its readers: the server need not be sent it a thousand times. Its name is for whoever
    // looks at what the server does (pg_stat_activity).
    var start = embedded.startIndex
    while embedded[start...].starts(with: "--".utf8), let end = embedded[start...].firstIndex(of: 0x0A) {
      start = end + 1
    }
    bytes = Array("-- \(name)\n".utf8) + embedded[start...] + [0]
  }

  /// The text without its header, as a string.
  public var text: String { String(decoding: bytes.dropLast(), as: UTF8.self) }
}

/// A column that a statement returns.
public struct Column: Sendable, Equatable {
  /// The name that the server gives it.
  public let name: String
  /// Its type.
  public let type: SQLType

  /// A column of a name and a type.
  public init(_ name: String, _ type: SQLType) {
    self.name = name
    self.type = type
  }
}
