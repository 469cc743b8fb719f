import Postgres

/// A portion of what an import changes.
public struct ListChanges: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The ids of the leads, separated by commas; nil: there are none in this portion.
    public let leads: String?
    /// A JSON array, as ``UpdateLeads`` takes it.
    public let changes: String?
    /// The last portion that there is; -1: there is none.
    public let last: Int
  }

  /// `sql/steps/list-changes.sql`.
  public static let sql = SQLText("list-changes", PackageResources.list_changes_sql)
  /// What comes back.
  public static let columns = [
    Column("leads", .text),
    Column("changes", .text),
    Column("last", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(isNew: Bool, portion: Int) {
    parameters = [.bool(isNew), .int4(portion)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(leads: row.optionalText(), changes: row.optionalText(), last: try row.int())
  }
}
