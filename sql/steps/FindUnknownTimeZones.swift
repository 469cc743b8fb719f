import Postgres

/// Which names are not in the time zone database
public struct FindUnknownTimeZones: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The name.
    public let name: String
  }

  /// `sql/steps/find-unknown-time-zones.sql`.
  public static let sql = SQLText("find-unknown-time-zones", PackageResources.find_unknown_time_zones_sql)
  /// What comes back.
  public static let columns = [
    Column("name", .text)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(names: [String]) {
    parameters = [.texts(names)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(name: try row.text())
  }
}
