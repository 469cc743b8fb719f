import Postgres

/// A campaign by its name, without a lock.
public struct FindCampaign: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// The number of its barrier.
    public let barrier: Int
    /// Its state.
    public let status: String
  }

  /// `sql/steps/find-campaign.sql`.
  public static let sql = SQLText("find-campaign", PackageResources.find_campaign_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("barrier", .int4),
    Column("status", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String) {
    parameters = [.text(name)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), barrier: try row.int(), status: try row.text())
  }
}
