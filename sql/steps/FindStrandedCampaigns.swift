import Postgres

/// Campaigns that should have moved and did not.
public struct FindStrandedCampaigns: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// Its name.
    public let name: String
    /// What it did not do.
    public let problem: String
  }

  /// `sql/steps/find-stranded-campaigns.sql`.
  public static let sql = SQLText("find-stranded-campaigns", PackageResources.find_stranded_campaigns_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("name", .text),
    Column("problem", .text),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), name: try row.text(), problem: try row.text())
  }
}
