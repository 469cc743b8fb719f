import Postgres

/// Which campaigns have messages due, by which sender, and how to send by it.
public struct LoadWork: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let campaign: String
    /// The number of its barrier.
    public let barrier: Int
    /// Its name.
    public let campaignName: String
    /// The sender.
    public let sender: String
    /// Its name.
    public let senderName: String
    /// `email`, `whatsapp` or `voice`.
    public let channel: String
    /// The From mailbox of an email sender.
    public let from: String?
    /// Where it sends.
    public let url: String
    /// The user name, if it logs in.
    public let username: String?
    /// The environment variable that holds its password.
    public let passwordVariable: String?
    /// The environment variable that holds a token instead.
    public let tokenVariable: String?
    /// The name that it gives in EHLO, where one is set.
    public let helo: String?
    /// Whether it may log in where nothing is encrypted.
    public let allowsCleartext: Bool
    /// The most connections of one tick.
    public let connections: Int
    /// Seconds that a claim lasts.
    public let lease: Double
    /// Seconds that one attempt may take.
    public let timeout: Double
    /// Messages due, counted up to `connections`.
    public let due: Int
    /// Why the sender could not send the last time.
    public let trouble: String?
    /// Why it has no room now: `pace`, `provider` or `time_zone`.
    public let rule: String?
    /// Until when it rests, if it does or did.
    public let restsUntil: String?
    /// Its time zone.
    public let timeZone: String?
    /// What its last refusals were alike in, as JSON.
    public let evidence: String?
    /// Whether it has a pace.
    public let isPaced: Bool
    /// Seconds until it has room, or a receiving domain has a slot.
    public let wait: Double
    /// The clock, in seconds since 1970.
    public let now: Double
  }

  /// `sql/steps/load-work.sql`.
  public static let sql = SQLText("load-work", PackageResources.load_work_sql)
  /// What comes back.
  public static let columns = [
    Column("campaign_id", .uuid),
    Column("barrier", .int4),
    Column("campaign", .text),
    Column("sender_id", .uuid),
    Column("sender", .text),
    Column("channel", .text),
    Column("from_mailbox", .text),
    Column("url", .text),
    Column("username", .text),
    Column("password_env", .text),
    Column("token_env", .text),
    Column("helo", .text),
    Column("allow_cleartext", .bool),
    Column("connections", .int4),
    Column("lease", .float8),
    Column("timeout", .float8),
    Column("due", .int4),
    Column("trouble", .text),
    Column("rule", .text),
    Column("rests_until", .text),
    Column("time_zone", .text),
    Column("evidence", .text),
    Column("is_paced", .bool),
    Column("wait", .float8),
    Column("now", .float8),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      campaign: try row.text(), barrier: try row.int(), campaignName: try row.text(), sender: try row.text(),
      senderName: try row.text(), channel: try row.text(), from: row.optionalText(), url: try row.text(),
      username: row.optionalText(), passwordVariable: row.optionalText(), tokenVariable: row.optionalText(),
      helo: row.optionalText(), allowsCleartext: try row.bool(), connections: try row.int(),
      lease: try row.double(), timeout: try row.double(), due: try row.int(), trouble: row.optionalText(),
      rule: row.optionalText(), restsUntil: row.optionalText(), timeZone: row.optionalText(),
      evidence: row.optionalText(), isPaced: try row.bool(), wait: try row.double(), now: try row.double())
  }
}
