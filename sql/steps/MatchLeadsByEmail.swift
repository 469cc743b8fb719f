import Postgres

/// Finds the leads that were there before the import and have the email of a staged row.
public struct MatchLeadsByEmail: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Rows that make no lead of their own.
    public let matched: Int
  }

  /// `sql/steps/match-leads-by-email.sql`.
  public static let sql = SQLText("match-leads-by-email", PackageResources.match_leads_by_email_sql)
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
