import Postgres

/// Attempts of a campaign of which nobody knows whether they left
public struct CountUnaccounted: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many.
    public let attempts: Int
  }

  /// `sql/steps/count-unaccounted.sql`.
  public static let sql = SQLText("count-unaccounted", PackageResources.count_unaccounted_sql)
  /// What comes back.
  public static let columns = [
    Column("attempts", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(attempts: try row.int())
  }
}
