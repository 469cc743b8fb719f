import Postgres

/// A person changes what is known of a lead
public struct ChangeLead: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The lead.
    public let id: String
    /// Its status before.
    public let was: String
    /// Its time zone before.
    public let wasIn: String?
  }

  /// `sql/steps/change-lead.sql`.
  public static let sql = SQLText("change-lead", PackageResources.change_lead_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("was", .text),
    Column("was_in", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(address: String, status: String?, timeZone: String?) {
    parameters = [.text(address), .text(status), .text(timeZone)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), was: try row.text(), wasIn: row.optionalText())
  }
}
