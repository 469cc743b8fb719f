import Postgres

/// A campaign by its name, its row locked
public struct LockCampaign: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// The number of its barrier.
    public let barrier: Int
    /// Its state.
    public let status: String
    /// Its type.
    public let type: String
    /// How many leads it has, once started.
    public let leads: Int
    /// Whether its ledger was written.
    public let hasStarted: Bool
    /// Whether its start time is ahead.
    public let startsLater: Bool
    /// Its start time.
    public let startAt: String?
  }

  /// `sql/steps/lock-campaign.sql`.
  public static let sql = SQLText("lock-campaign", PackageResources.lock_campaign_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("barrier", .int4),
    Column("status", .text),
    Column("campaign_type", .text),
    Column("total_leads_targeted", .int4),
    Column("has_started", .bool),
    Column("starts_later", .bool),
    Column("start_at", .text),
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
      id: try row.text(), barrier: try row.int(), status: try row.text(), type: try row.text(), leads: try row.int(),
      hasStarted: try row.bool(), startsLater: try row.bool(), startAt: row.optionalText())
  }
}
