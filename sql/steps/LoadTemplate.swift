import Postgres

/// What a step says.
public struct LoadTemplate: Statement {
  /// One row.
  public struct Row: Sendable {
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

  /// `sql/steps/load-template.sql`.
  public static let sql = SQLText("load-template", PackageResources.load_template_sql)
  /// What comes back.
  public static let columns = [
    Column("name", .text),
    Column("channel", .text),
    Column("subject", .text),
    Column("text", .text),
    Column("html", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(template: String) {
    parameters = [.uuid(template)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(name: try row.text(), channel: try row.text(), subject: row.optionalText(), text: try row.text(), html: row.optionalText())
  }
}
