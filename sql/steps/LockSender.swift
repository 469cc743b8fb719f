import Postgres

/// A sender's row, where it has a rule that counts
public struct LockSender: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The sender.
    public let id: String
  }

  /// `sql/steps/lock-sender.sql`.
  public static let sql = SQLText("lock-sender", PackageResources.lock_sender_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(sender: String) {
    parameters = [.uuid(sender)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text())
  }
}
