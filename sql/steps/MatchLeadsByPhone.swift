import Postgres

/// Finds the leads of the staged rows that have no email, where the row does not make its own.
public struct MatchLeadsByPhone: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Rows that make no lead of their own.
    public let matched: Int
  }

  /// `sql/steps/match-leads-by-phone.sql`.
  public static let sql = SQLText("match-leads-by-phone", PackageResources.match_leads_by_phone_sql)
  /// What comes back.
  public static let columns = [
    Column("matched", .int8)
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(matched: try row.int())
  }
}
