import Postgres

/// Unknown messages are to be sent again.
public struct ResendMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many.
    public let moved: Int
    /// 1 if any was.
    public let campaigns: Int
  }

  /// `sql/steps/resend-messages.sql`.
  public static let sql = SQLText("resend-messages", PackageResources.resend_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("moved", .int4),
    Column("campaigns", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, message: Int?) {
    parameters = [.uuid(campaign), .int8(message)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(moved: try row.int(), campaigns: try row.int())
  }
}
