import Postgres

/// A sender's row, where it has a rule that counts
public struct LockSender: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Whether it has one.
    public let locked: Bool
  }

  /// `sql/steps/lock-sender.sql`.
  public static let sql = SQLText("lock-sender", PackageResources.lock_sender_sql)
  /// What comes back.
  public static let columns = [
    Column("locked", .bool)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(sender: String) {
    parameters = [.uuid(sender)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(locked: try row.bool())
  }
}
