import Postgres

/// Failed messages are to be sent again.
package struct RequeueMessages: Statement {
  /// One row.
  package struct Row: Sendable {
    /// How many.
    package let moved: Int
    /// How many later steps come back, which were skipped because one of them had failed.
    package let restored: Int
    /// 1 if any was.
    package let campaigns: Int
  }

  /// `sql/steps/requeue-messages.sql`.
  package static let sql = SQLText("requeue-messages", PackageResources.requeue_messages_sql)
  /// What comes back.
  package static let columns = [
    Column("moved", .int4),
    Column("restored", .int4),
    Column("campaigns", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  package let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  package init(campaign: String, message: Int?, reason: String?, since: String?) {
    parameters = [.uuid(campaign), .int8(message), .text(reason), .text(since)]
  }

  /// Reads one row.
  package static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(moved: try row.int(), restored: try row.int(), campaigns: try row.int())
  }
}
