import Postgres

/// Cancelled campaigns that have open messages
public struct FindUnfinishedCancels: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign.
    public let id: String
    /// Its name.
    public let name: String
  }

  /// `sql/steps/find-unfinished-cancels.sql`.
  public static let sql = SQLText("find-unfinished-cancels", PackageResources.find_unfinished_cancels_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("name", .text),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), name: try row.text())
  }
}
