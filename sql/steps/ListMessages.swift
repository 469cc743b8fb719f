import Postgres

/// The ledger of a campaign, a page at a time.
public struct ListMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
    /// The lead’s address.
    public let email: String?
    /// The lead’s phone.
    public let phone: String?
    /// Its step.
    public let step: Int
    /// What it says.
    public let template: String
    /// Its channel.
    public let channel: String
    /// Its state.
    public let status: String
    /// Attempts begun.
    public let attempts: Int
    /// Its time.
    public let scheduledFor: String
    /// The instant it waits for.
    public let notBefore: String?
    /// When it was accepted.
    public let sentAt: String?
    /// When it failed.
    public let failedAt: String?
    /// Since when its fate is unknown.
    public let unknownSince: String?
    /// Why it is not sent.
    public let reason: String?
    /// 2: sent twice.
    public let timesAccepted: Int
    /// What the transport called it.
    public let providerID: String?
    /// Its sender.
    public let sender: String
  }

  /// `sql/steps/list-messages.sql`.
  public static let sql = SQLText("list-messages", PackageResources.list_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8),
    Column("email", .text),
    Column("phone", .text),
    Column("step_number", .int4),
    Column("template", .text),
    Column("channel", .text),
    Column("status", .text),
    Column("attempt", .int2),
    Column("scheduled_for", .text),
    Column("not_before", .text),
    Column("sent_at", .text),
    Column("failed_at", .text),
    Column("unknown_since", .text),
    Column("reason", .text),
    Column("times_accepted", .int2),
    Column("provider_id", .text),
    Column("sender", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, status: String?, step: Int?, after: Int, through: Int) {
    parameters = [.uuid(campaign), .text(status), .int4(step), .int8(after), .int8(through)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.int(), email: row.optionalText(), phone: row.optionalText(), step: try row.int(),
      template: try row.text(), channel: try row.text(), status: try row.text(), attempts: try row.int(),
      scheduledFor: try row.text(), notBefore: row.optionalText(), sentAt: row.optionalText(),
      failedAt: row.optionalText(), unknownSince: row.optionalText(), reason: row.optionalText(),
      timesAccepted: try row.int(), providerID: row.optionalText(), sender: try row.text())
  }
}
