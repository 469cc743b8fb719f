import Postgres

/// Messages whose fate is unknown, and their attempts that are unaccounted for.
public struct ListUnknownMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
    /// The claim of the attempt.
    public let claim: String
    /// Its step.
    public let step: Int
    /// Its channel.
    public let channel: String
    /// Where it went, if anywhere.
    public let address: String?
    /// Attempts begun.
    public let attempts: Int
    /// Since when.
    public let since: String
    /// Why it is unknown.
    public let reason: String?
  }

  /// `sql/steps/list-unknown-messages.sql`.
  public static let sql = SQLText("list-unknown-messages", PackageResources.list_unknown_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8),
    Column("claim_id", .uuid),
    Column("step_number", .int4),
    Column("channel", .text),
    Column("address", .text),
    Column("attempt", .int2),
    Column("since", .text),
    Column("reason", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, message: Int?) {
    parameters = [.uuid(campaign), .int8(message)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.int(), claim: try row.text(), step: try row.int(), channel: try row.text(),
      address: row.optionalText(), attempts: try row.int(), since: try row.text(), reason: row.optionalText())
  }
}
