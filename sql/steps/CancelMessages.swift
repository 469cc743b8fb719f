import Postgres

/// Some pending messages of a cancelled campaign are cancelled.
public struct CancelMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many.
    public let cancelled: Int
    /// 1 if any was.
    public let campaigns: Int
  }

  /// `sql/steps/cancel-messages.sql`.
  public static let sql = SQLText("cancel-messages", PackageResources.cancel_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("cancelled", .int4),
    Column("campaigns", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, limit: Int) {
    parameters = [.uuid(campaign), .int4(limit)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(cancelled: try row.int(), campaigns: try row.int())
  }
}
