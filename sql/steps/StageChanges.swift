import Postgres

/// What the file says of leads that were there, or of which several of its rows speak, put aside in portions.
public struct StageChanges: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Leads of the file that were there before the import.
    public let known: Int
  }

  /// `sql/steps/stage-changes.sql`.
  public static let sql = SQLText("stage-changes", PackageResources.stage_changes_sql)
  /// What comes back.
  public static let columns = [
    Column("known", .int8)
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(known: try row.int())
  }
}
