import Postgres

/// What `apply` may not change once a campaign has started, of the campaigns that it names.
public struct LoadCampaignPlans: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// Its name.
    public let name: String
    /// Its state.
    public let status: String
    /// Its type.
    public let type: String
    /// Its workflow.
    public let workflow: String?
    /// Its template.
    public let template: String?
    /// Its senders.
    public let senders: [String]
    /// Its batches.
    public let batches: [String]
    /// Its leads.
    public let leads: [String]
  }

  /// `sql/steps/load-campaign-plans.sql`.
  public static let sql = SQLText("load-campaign-plans", PackageResources.load_campaign_plans_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("name", .text),
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
  public init(names: [String]) {
    parameters = [.texts(names)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.text(), name: try row.text(), status: try row.text(), type: try row.text(),
      workflow: row.optionalText(), template: row.optionalText(), senders: list(try row.text()),
      batches: list(try row.text()), leads: list(try row.text()))
  }

  private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
}
