import Postgres

/// The staged rows that cannot be used, a page at a time.
public struct ListImportRejects: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The line on which it begins.
    public let line: Int
    /// Why it cannot be used; has values of the row in it.
    public let reason: String
  }

  /// `sql/steps/list-import-rejects.sql`.
  public static let sql = SQLText("list-import-rejects", PackageResources.list_import_rejects_sql)
  /// What comes back.
  public static let columns = [
    Column("line", .int8),
    Column("reason", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(after: Int, limit: Int) {
    parameters = [.int8(after), .int4(limit)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(line: try row.int(), reason: try row.text())
  }
}
