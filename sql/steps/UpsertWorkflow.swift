import Postgres

/// One workflow of a document with its steps.
public struct UpsertWorkflow: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its id.
    public let id: String
  }

  /// `sql/steps/upsert-workflow.sql`.
  public static let sql = SQLText("upsert-workflow", PackageResources.upsert_workflow_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String, templates: [String], days: [Int]) {
    parameters = [.text(name), .uuids(templates), .int4s(days)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text())
  }
}
