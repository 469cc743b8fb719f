import Postgres

/// One at a time for a purpose, in this workspace.
public struct LockWorkspace: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Nothing.
    public let nothing: String
  }

  /// `sql/steps/lock-workspace.sql`.
  public static let sql = SQLText("lock-workspace", PackageResources.lock_workspace_sql)
  /// What comes back.
  public static let columns = [
    Column("pg_advisory_xact_lock", .void)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(purpose: String) {
    parameters = [.text(purpose)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(nothing: try row.text())
  }
}
