import Postgres

/// The timeline of a campaign.
public struct ListEvents: Statement {
  /// One row.
  public struct Row: Sendable {
    /// When.
    public let at: String
    /// The state before.
    public let was: String?
    /// The state after.
    public let becomes: String
    /// Who.
    public let actor: String
    /// Why.
    public let reason: String?
    /// More, a JSON object.
    public let detail: String?
  }

  /// `sql/steps/list-events.sql`.
  public static let sql = SQLText("list-events", PackageResources.list_events_sql)
  /// What comes back.
  public static let columns = [
    Column("at", .text),
    Column("was", .text),
    Column("becomes", .text),
    Column("actor", .text),
    Column("reason", .text),
    Column("detail", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      at: try row.text(), was: row.optionalText(), becomes: try row.text(), actor: try row.text(),
      reason: row.optionalText(), detail: row.optionalText())
  }
}
