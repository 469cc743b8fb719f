import Postgres

/// Where campaigns stand.
public struct LoadCampaigns: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// Its name.
    public let name: String
    /// Its type.
    public let type: String
    /// Its state.
    public let status: String
    /// Why it failed.
    public let failureReason: String?
    /// How many leads it has.
    public let leads: Int
    /// When it started.
    public let startedAt: String?
    /// Since when it is paused.
    public let pausedAt: String?
    /// When it completed.
    public let completedAt: String?
    /// When its next message may be claimed.
    public let nextDue: String?
    /// Whether one may be claimed now.
    public let isDue: Bool
    /// Whether a tick has something of it out.
    public let isSending: Bool
  }

  /// `sql/steps/load-campaigns.sql`.
  public static let sql = SQLText("load-campaigns", PackageResources.load_campaigns_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("name", .text),
    Column("campaign_type", .text),
    Column("status", .text),
    Column("failure_reason", .text),
    Column("total_leads_targeted", .int4),
    Column("started_at", .text),
    Column("paused_at", .text),
    Column("completed_at", .text),
    Column("next_due", .text),
    Column("is_due", .bool),
    Column("is_sending", .bool),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String?) {
    parameters = [.text(name)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.text(), name: try row.text(), type: try row.text(), status: try row.text(),
      failureReason: row.optionalText(), leads: try row.int(), startedAt: row.optionalText(),
      pausedAt: row.optionalText(), completedAt: row.optionalText(), nextDue: row.optionalText(), isDue: try row.bool(),
      isSending: try row.bool())
  }
}
