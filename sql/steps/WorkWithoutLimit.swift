import Postgres

/// No `statement_timeout` for the rest of the transaction.
public struct WorkWithoutLimit: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The setting: 0.
    public let statementTimeout: String
    /// How often the server looks whether we are there; nil where it cannot.
    public let connectionCheck: String?
  }

  /// `sql/steps/work-without-limit.sql`.
  public static let sql = SQLText("work-without-limit", PackageResources.work_without_limit_sql)
  /// What comes back.
  public static let columns = [
    Column("statement_timeout", .text),
    Column("connection_check", .text),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(statementTimeout: try row.text(), connectionCheck: row.optionalText())
  }
}
