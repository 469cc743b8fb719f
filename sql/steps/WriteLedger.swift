import Postgres

/// Every message of a campaign, in one statement.
public struct WriteLedger: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Rows written.
    public let messages: Int
    /// Rows skipped, for want of an address.
    public let skipped: Int
    /// Rows of the email channel.
    public let emails: Int
    /// Leads.
    public let leads: Int
  }

  /// `sql/steps/write-ledger.sql`.
  public static let sql = SQLText("write-ledger", PackageResources.write_ledger_sql)
  /// What comes back.
  public static let columns = [
    Column("messages", .int8),
    Column("skipped", .int8),
    Column("emails", .int8),
    Column("leads", .int8),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(messages: try row.int(), skipped: try row.int(), emails: try row.int(), leads: try row.int())
  }
}
