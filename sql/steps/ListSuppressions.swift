import Postgres

/// Who must not be contacted, a page at a time
public struct ListSuppressions: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The address or domain.
    public let value: String
    /// The channel, or all.
    public let channel: String
    /// Why.
    public let reason: String
    /// Who said so.
    public let source: String
    /// Since when.
    public let since: String
  }

  /// `sql/steps/list-suppressions.sql`.
  public static let sql = SQLText("list-suppressions", PackageResources.list_suppressions_sql)
  /// What comes back.
  public static let columns = [
    Column("value", .text),
    Column("channel", .text),
    Column("reason", .text),
    Column("source", .text),
    Column("since", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(value: String?, afterValue: String, afterChannel: String, limit: Int) {
    parameters = [.text(value), .text(afterValue), .text(afterChannel), .int4(limit)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      value: try row.text(), channel: try row.text(), reason: try row.text(), source: try row.text(),
      since: try row.text())
  }
}
