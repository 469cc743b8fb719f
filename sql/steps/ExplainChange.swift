import Postgres

/// Who changes a campaign in this transaction, and why.
public struct ExplainChange: Statement {
  /// One row.
  public struct Row: Sendable {
    /// What was said.
    public let said: String
  }

  /// `sql/steps/explain-change.sql`.
  public static let sql = SQLText("explain-change", PackageResources.explain_change_sql)
  /// What comes back.
  public static let columns = [
    Column("said", .text)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(actor: String?, reason: String?) {
    parameters = [.text(actor), .text(reason)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(said: try row.text())
  }
}
