import Postgres

/// Who may be contacted again
public struct RemoveSuppressions: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many entries are gone.
    public let removed: Int
  }

  /// `sql/steps/remove-suppressions.sql`.
  public static let sql = SQLText("remove-suppressions", PackageResources.remove_suppressions_sql)
  /// What comes back.
  public static let columns = [
    Column("removed", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(values: [String], channel: String?) {
    parameters = [.texts(values), .text(channel)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(removed: try row.int())
  }
}
