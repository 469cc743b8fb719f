import Postgres

/// Messages that are `sending` past their deadline.
public struct FindStuckMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
    /// The claim it is under.
    public let claim: String
    /// Its campaign.
    public let campaign: String
    /// The campaign’s name.
    public let campaignName: String
  }

  /// `sql/steps/find-stuck-messages.sql`.
  public static let sql = SQLText("find-stuck-messages", PackageResources.find_stuck_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8),
    Column("claim_id", .uuid),
    Column("campaign_id", .uuid),
    Column("campaign", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(limit: Int) {
    parameters = [.int4(limit)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.int(), claim: try row.text(), campaign: try row.text(), campaignName: try row.text())
  }
}
