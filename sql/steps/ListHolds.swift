import Postgres

/// Which rule holds a campaign back, for which sender, and until when
public struct ListHolds: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let campaign: String
    /// The rule.
    public let rule: String
    /// The sender that it is for.
    public let sender: String?
    /// Until when; nil where nobody knows.
    public let until: String?
    /// More, in words.
    public let reason: String?
  }

  /// `sql/steps/list-holds.sql`.
  public static let sql = SQLText("list-holds", PackageResources.list_holds_sql)
  /// What comes back.
  public static let columns = [
    Column("campaign_id", .uuid),
    Column("rule", .text),
    Column("sender", .text),
    Column("until", .text),
    Column("reason", .text),
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
      campaign: try row.text(), rule: try row.text(), sender: row.optionalText(), until: row.optionalText(),
      reason: row.optionalText())
  }
}
