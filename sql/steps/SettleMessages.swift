import Postgres

/// Records what happened to claimed messages, and everything that follows from it.
public struct SettleMessages: Statement {
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

  /// `sql/steps/settle-messages.sql`.
  public static let sql = SQLText("settle-messages", PackageResources.settle_messages_sql)
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
  public init(
    messages: [Int], claims: [String?], outcomes: [String], providerIDs: [String?], reasons: [String?],
    about: [String?], seconds: [Double?], doubts: [String?], fingerprints: [String?], times: [Int], since: [Double?]
  ) {
    parameters = [
      .int8s(messages), .uuids(claims), .texts(outcomes), .texts(providerIDs), .texts(reasons), .texts(about),
      .int4s(seconds.map { Int((($0 ?? 0) * 1000).rounded()) }), .texts(doubts), .texts(fingerprints),
      .int4s(times), .texts(since.map { $0.map { String($0) } }),
    ]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.int(), becomes: try row.text(), campaign: try row.text(), campaignName: try row.text(),
      campaignStatus: try row.text(), hasCompleted: try row.bool())
  }
}
