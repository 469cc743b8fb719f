import Postgres

/// A campaign whose start time was taken out of its document is a draft again.
package struct MarkDraft: Statement {
  /// One row.
  package struct Row: Sendable {
    /// Whether it was not one before.
    package let isDraft: Bool
  }

  /// `sql/steps/mark-draft.sql`.
  package static let sql = SQLText("mark-draft", PackageResources.mark_draft_sql)
  /// What comes back.
  package static let columns = [
    Column("is_draft", .bool)
  ]
  /// `$1`, `$2`, … of this execution.
  package let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  package init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  package static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(isDraft: try row.bool())
  }
}
