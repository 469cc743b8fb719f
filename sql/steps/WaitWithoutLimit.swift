import Postgres

/// No `lock_timeout` for the rest of the transaction.
public struct WaitWithoutLimit: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The setting: 0.
    public let lockTimeout: String
  }

  /// `sql/steps/wait-without-limit.sql`.
  public static let sql = SQLText("wait-without-limit", PackageResources.wait_without_limit_sql)
  /// What comes back.
  public static let columns = [
    Column("lock_timeout", .text)
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(lockTimeout: try row.text())
  }
}
