import Postgres

/// Why messages of a campaign failed.
package struct ListFailures: Statement {
  /// One row.
  package struct Row: Sendable {
    /// The reason.
    package let reason: String
    /// How many messages failed for it.
    package let messages: Int
  }

  /// `sql/steps/list-failures.sql`.
  package static let sql = SQLText("list-failures", PackageResources.list_failures_sql)
  /// What comes back.
  package static let columns = [
    Column("reason", .text),
    Column("messages", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  package let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  package init(campaign: String, message: Int?, reason: String?, since: String?) {
    parameters = [.uuid(campaign), .int8(message), .text(reason), .text(since)]
  }

  /// Reads one row.
  package static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(reason: try row.text(), messages: try row.int())
  }
}
