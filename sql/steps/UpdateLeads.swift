import Postgres

/// What the file says of leads that were there, or of which several of its rows speak.
public struct UpdateLeads: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Leads of the file that were there before the import.
    public let known: Int
    /// Those among them that have changed.
    public let updated: Int
  }

  /// `sql/steps/update-leads.sql`.
  public static let sql = SQLText("update-leads", PackageResources.update_leads_sql)
  /// What comes back.
  public static let columns = [
    Column("known", .int8),
    Column("updated", .int8),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(known: try row.int(), updated: try row.int())
  }
}
