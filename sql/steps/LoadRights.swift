import Postgres

/// Whether the workspace's schema is there, and what the role that asks may do with it.
public struct LoadRights: Statement {
  /// One row; the names are quoted as SQL has them.
  public struct Row: Sendable {
    /// Who asks.
    public let role: String
    /// Where.
    public let database: String
    /// The workspace.
    public let schema: String
    /// Whether the schema is there.
    public let isThere: Bool
    /// Whether the role may look for anything in it.
    public let mayUse: Bool
    /// Whether the role may make a table in it.
    public let mayMakeTables: Bool
    /// Whether the role may make a schema in the database.
    public let mayMakeSchema: Bool
  }

  /// `sql/steps/load-rights.sql`.
  public static let sql = SQLText("load-rights", PackageResources.load_rights_sql)
  /// What comes back.
  public static let columns = [
    Column("role", .text), Column("database", .text), Column("schema", .text), Column("is_there", .bool),
    Column("may_use", .bool), Column("may_make_tables", .bool), Column("may_make_schema", .bool),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      role: try row.text(), database: try row.text(), schema: try row.text(), isThere: try row.bool(),
      mayUse: try row.bool(), mayMakeTables: try row.bool(), mayMakeSchema: try row.bool())
  }
}
