import Postgres

/// What the steps of some campaigns say.
public struct LoadTemplates: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The template.
    public let id: String
    /// Its name.
    public let name: String
    /// Its channel.
    public let channel: String
    /// The subject of an email.
    public let subject: String?
    /// The text part.
    public let text: String
    /// The HTML part.
    public let html: String?
  }

  /// `sql/steps/load-templates.sql`.
  public static let sql = SQLText("load-templates", PackageResources.load_templates_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("name", .text),
    Column("channel", .text),
    Column("subject", .text),
    Column("text", .text),
    Column("html", .text),
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
      id: try row.text(), name: try row.text(), channel: try row.text(), subject: row.optionalText(),
      text: try row.text(), html: row.optionalText())
  }
}
