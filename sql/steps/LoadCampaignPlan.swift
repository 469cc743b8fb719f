import Postgres

/// What `apply` may not change once a campaign has started.
public struct LoadCampaignPlan: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// Its state.
    public let status: String
    /// Its type.
    public let type: String
    /// Its workflow.
    public let workflow: String?
    /// Its template.
    public let template: String?
    /// Its senders, an array literal.
    public let senders: String
    /// Its batches, an array literal.
    public let batches: String
    /// Its leads, an array literal.
    public let leads: String
  }

  /// `sql/steps/load-campaign-plan.sql`.
  public static let sql = SQLText("load-campaign-plan", PackageResources.load_campaign_plan_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("status", .text),
    Column("campaign_type", .text),
    Column("workflow_id", .uuid),
    Column("template_id", .uuid),
    Column("sender_ids", .text),
    Column("batch_ids", .text),
    Column("lead_ids", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String) {
    parameters = [.text(name)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.text(), status: try row.text(), type: try row.text(), workflow: row.optionalText(),
      template: row.optionalText(), senders: try row.text(), batches: try row.text(), leads: try row.text())
  }
}
