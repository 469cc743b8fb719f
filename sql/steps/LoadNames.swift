import Postgres

/// What a document of `apply` refers to by name.
public struct LoadNames: Statement {
  /// One row.
  public struct Row: Sendable {
    /// `sender`, `template`, `workflow`, `batch` or `lead`.
    public let kind: String
    /// Its name.
    public let name: String
    /// Its id.
    public let id: String
    /// Its channel, or those of its steps, separated by commas; nil where it is for none.
    public let channels: String?
  }

  /// `sql/steps/load-names.sql`.
  public static let sql = SQLText("load-names", PackageResources.load_names_sql)
  /// What comes back.
  public static let columns = [
    Column("kind", .text),
    Column("name", .text),
    Column("id", .uuid),
    Column("channels", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(names: [String], emails: [String]) {
    parameters = [.texts(names), .texts(emails)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(kind: try row.text(), name: try row.text(), id: try row.text(), channels: row.optionalText())
  }
}
