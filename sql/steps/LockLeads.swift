import Postgres

/// Leads, locked until the transaction ends.
public struct LockLeads: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many there are.
    public let locked: Int
  }

  /// `sql/steps/lock-leads.sql`.
  public static let sql = SQLText("lock-leads", PackageResources.lock_leads_sql)
  /// What comes back.
  public static let columns = [
    Column("locked", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(leads: [String]) {
    parameters = [.uuids(leads)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(locked: try row.int())
  }
}
