import Postgres

/// The migrations that the workspace has.
public struct LoadSchemaVersion: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its number.
    public let version: Int
  }

  /// `sql/steps/load-schema-version.sql`.
  public static let sql = SQLText("load-schema-version", PackageResources.load_schema_version_sql)
  /// What comes back.
  public static let columns = [Column("version", .int4)]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(version: try row.int())
  }
}
