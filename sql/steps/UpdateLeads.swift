import Postgres

/// Changes that an import has found, written over what the leads have.
public struct UpdateLeads: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many leads have changed.
    public let updated: Int
  }

  /// `sql/steps/update-leads.sql`.
  public static let sql = SQLText("update-leads", PackageResources.update_leads_sql)
  /// What comes back.
  public static let columns = [
    Column("updated", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(changes: String) {
    parameters = [.text(changes)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(updated: try row.int())
  }
}
