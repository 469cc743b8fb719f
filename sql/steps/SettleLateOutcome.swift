import Postgres

/// What became known of one attempt after its claim was gone.
public struct SettleLateOutcome: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
    /// Its state now.
    public let becomes: String
    /// Its campaign.
    public let campaign: String
    /// The campaign’s name.
    public let campaignName: String
    /// The campaign’s state now.
    public let campaignStatus: String
    /// Whether this settlement completed it.
    public let hasCompleted: Bool
  }

  /// `sql/steps/settle-late-outcome.sql`.
  public static let sql = SQLText("settle-late-outcome", PackageResources.settle_late_outcome_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8),
    Column("becomes", .text),
    Column("campaign_id", .uuid),
    Column("campaign", .text),
    Column("campaign_status", .text),
    Column("has_completed", .bool),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(message: Int, claim: String, outcome: String, providerID: String?, reason: String?) {
    parameters = [.int8(message), .uuid(claim), .text(outcome), .text(providerID), .text(reason)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.int(), becomes: try row.text(), campaign: try row.text(), campaignName: try row.text(),
      campaignStatus: try row.text(), hasCompleted: try row.bool())
  }
}
