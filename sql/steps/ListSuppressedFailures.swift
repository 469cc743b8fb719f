import Postgres

/// How many failed messages go to somebody who must not be contacted.
package struct ListSuppressedFailures: Statement {
  /// One row.
  package struct Row: Sendable {
    /// Why the address is suppressed.
    package let reason: String
    /// Who said so.
    package let source: String
    /// How many messages.
    package let messages: Int
  }

  /// `sql/steps/list-suppressed-failures.sql`.
  package static let sql = SQLText("list-suppressed-failures", PackageResources.list_suppressed_failures_sql)
  /// What comes back.
  package static let columns = [
    Column("reason", .text),
    Column("source", .text),
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
    Row(reason: try row.text(), source: try row.text(), messages: try row.int())
  }
}
