import Postgres

/// No table is read whole where an index leads to the rows, for the rest of the transaction.
public struct GoByKeys: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The setting: off.
    public let enableSeqscan: String
  }

  /// `sql/steps/go-by-keys.sql`.
  public static let sql = SQLText("go-by-keys", PackageResources.go_by_keys_sql)
  /// What comes back.
  public static let columns = [
    Column("enable_seqscan", .text)
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(enableSeqscan: try row.text())
  }
}
