import Postgres

/// One campaign of a document.
public struct UpsertCampaign: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its id.
    public let id: String
    /// Whether its window or its gap has changed.
    public let judgesAnew: Bool
  }

  /// `sql/steps/upsert-campaign.sql`.
  public static let sql = SQLText("upsert-campaign", PackageResources.upsert_campaign_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("judges_anew", .bool),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(
    name: String, type: String, workflow: String?, template: String?, senders: [String], batches: [String],
    leads: [String], retryTimes: Int, retryAfter: Double, onUnknown: String, windowDays: [Int]?, windowFrom: String?,
    windowTo: String?, windowZone: String?, minGap: Double, startAt: String?, order: String
  ) {
    parameters = [
      .text(name), .text(type), .uuid(workflow), .uuid(template), .uuids(senders), .uuids(batches), .uuids(leads),
      .int4(retryTimes), .seconds(retryAfter), .text(onUnknown), .int4s(windowDays), .text(windowFrom),
      .text(windowTo), .text(windowZone), .seconds(minGap), .text(startAt), .text(order),
    ]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), judgesAnew: try row.bool())
  }
}
