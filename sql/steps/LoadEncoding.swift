import Postgres

/// The encoding of the database.
public struct LoadEncoding: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its name, as PostgreSQL writes it.
    public let encoding: String
  }

  /// `sql/steps/load-encoding.sql`.
  public static let sql = SQLText("load-encoding", PackageResources.load_encoding_sql)
  /// What comes back.
  public static let columns = [Column("encoding", .text)]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(encoding: try row.text())
  }
}
