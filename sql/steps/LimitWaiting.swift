import Postgres

/// How long a statement waits for a lock, for the rest of the transaction.
public struct LimitWaiting: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The setting.
    public let lockTimeout: String
  }

  /// `sql/steps/limit-waiting.sql`.
  public static let sql = SQLText("limit-waiting", PackageResources.limit_waiting_sql)
  /// What comes back.
  public static let columns = [
    Column("lock_timeout", .text)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(milliseconds: Int) {
    parameters = [.int4(milliseconds)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(lockTimeout: try row.text())
  }
}
