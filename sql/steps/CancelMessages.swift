import Postgres

/// Some pending messages of a cancelled campaign are cancelled, or unknown where an attempt of one may have left.
public struct CancelMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many.
    public let moved: Int
    /// 1 if any was.
    public let campaigns: Int
  }

  /// `sql/steps/cancel-messages.sql`.
  public static let sql = SQLText("cancel-messages", PackageResources.cancel_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("moved", .int4),
    Column("campaigns", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, after: Int, through: Int) {
    parameters = [.uuid(campaign), .int8(after), .int8(through)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(moved: try row.int(), campaigns: try row.int())
  }
}
