import Postgres

/// Scheduled campaigns whose time has come
public struct FindDueStarts: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign’s name.
    public let name: String
  }

  /// `sql/steps/find-due-starts.sql`.
  public static let sql = SQLText("find-due-starts", PackageResources.find_due_starts_sql)
  /// What comes back.
  public static let columns = [
    Column("name", .text)
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(name: try row.text())
  }
}
