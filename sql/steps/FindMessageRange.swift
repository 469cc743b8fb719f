import Postgres

/// Between which ids the messages of a campaign lie.
public struct FindMessageRange: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The least id; nil: there are none.
    public let first: Int?
    /// The greatest id.
    public let last: Int?
  }

  /// `sql/steps/find-message-range.sql`.
  public static let sql = SQLText("find-message-range", PackageResources.find_message_range_sql)
  /// What comes back.
  public static let columns = [
    Column("first", .int8),
    Column("last", .int8),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(first: try row.optionalInt(), last: try row.optionalInt())
  }
}
