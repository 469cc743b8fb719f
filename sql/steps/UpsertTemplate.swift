import Postgres

/// One template of a document.
public struct UpsertTemplate: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its id.
    public let id: String
    /// Whether it has a variable that it did not have.
    public let asksMore: Bool
  }

  /// `sql/steps/upsert-template.sql`.
  public static let sql = SQLText("upsert-template", PackageResources.upsert_template_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("asks_more", .bool),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String, channel: String, subject: String?, text: String, html: String?, variables: [String]) {
    parameters = [.text(name), .text(channel), .text(subject), .text(text), .text(html), .texts(variables)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), asksMore: try row.bool())
  }
}
