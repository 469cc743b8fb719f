import Postgres

/// The newest migration that the workspace has.
public struct LoadSchemaVersion: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its number.
    public let version: Int
    /// The encoding of the database.
    public let encoding: String
  }

  /// `sql/steps/load-schema-version.sql`.
  public static let sql = SQLText("load-schema-version", PackageResources.load_schema_version_sql)
  /// What comes back.
  public static let columns = [
    Column("version", .int4),
    Column("encoding", .text),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(version: try row.int(), encoding: try row.text())
  }
}
