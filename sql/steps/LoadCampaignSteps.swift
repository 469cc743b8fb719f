import Postgres

/// What has become of each step of the campaigns.
public struct LoadCampaignSteps: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let campaign: String
    /// The step.
    public let step: Int
    /// What it says.
    public let template: String
    /// Its channel.
    public let channel: String
    /// Messages in this state.
    public let pending: Int
    /// Messages in this state.
    public let sending: Int
    /// Messages in this state.
    public let sent: Int
    /// Messages in this state.
    public let failed: Int
    /// Messages in this state.
    public let skipped: Int
    /// Messages in this state.
    public let cancelled: Int
    /// Messages in this state.
    public let unknown: Int
  }

  /// `sql/steps/load-campaign-steps.sql`.
  public static let sql = SQLText("load-campaign-steps", PackageResources.load_campaign_steps_sql)
  /// What comes back.
  public static let columns = [
    Column("campaign_id", .uuid),
    Column("step_number", .int4),
    Column("template", .text),
    Column("channel", .text),
    Column("pending", .int8),
    Column("sending", .int8),
    Column("sent", .int8),
    Column("failed", .int8),
    Column("skipped", .int8),
    Column("cancelled", .int8),
    Column("unknown", .int8),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaigns: [String]) {
    parameters = [.uuids(campaigns)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      campaign: try row.text(), step: try row.int(), template: try row.text(), channel: try row.text(),
      pending: try row.int(), sending: try row.int(), sent: try row.int(), failed: try row.int(),
      skipped: try row.int(), cancelled: try row.int(), unknown: try row.int())
  }
}
