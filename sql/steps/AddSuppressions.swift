import Postgres

/// Who must not be contacted from now on
public struct AddSuppressions: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many are new.
    public let added: Int
    /// How many were there.
    public let known: Int
  }

  /// `sql/steps/add-suppressions.sql`.
  public static let sql = SQLText("add-suppressions", PackageResources.add_suppressions_sql)
  /// What comes back.
  public static let columns = [
    Column("added", .int4),
    Column("known", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(values: [String], channels: [String], reasons: [String], source: String) {
    parameters = [.texts(values), .texts(channels), .texts(reasons), .text(source)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(added: try row.int(), known: try row.int())
  }
}
