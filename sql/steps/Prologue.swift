import Postgres

/// What every transaction begins with.
public struct Prologue: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many settings were made.
    public let settings: Int
  }

  /// `sql/steps/prologue.sql`.
  public static let sql = SQLText("prologue", PackageResources.prologue_sql)
  /// What comes back.
  public static let columns = [
    Column("settings", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(schema: String) {
    parameters = [.text(schema)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(settings: try row.int())
  }
}
