import Postgres

/// Messages of a campaign that are, or may be, with a transport.
public struct ListInFlight: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
  }

  /// `sql/steps/list-in-flight.sql`.
  public static let sql = SQLText("list-in-flight", PackageResources.list_in_flight_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.int())
  }
}
