import Postgres

/// Finds, for staged rows whose email stands further up in the file, the lead that the first such row makes.
public struct MatchRepeatedEmails: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Rows that make no lead of their own.
    public let matched: Int
  }

  /// `sql/steps/match-repeated-emails.sql`.
  public static let sql = SQLText("match-repeated-emails", PackageResources.match_repeated_emails_sql)
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
