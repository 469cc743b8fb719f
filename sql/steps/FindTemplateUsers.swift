import Postgres

/// Open campaigns that use one of some templates, and which.
package struct FindTemplateUsers: Statement {
  /// One row.
  package struct Row: Sendable {
    /// The campaign's number.
    package let number: Int
    /// The campaign.
    package let id: String
    /// Its name.
    package let name: String
    /// Its state.
    package let status: String
    /// The template that it uses.
    package let template: String
  }

  /// `sql/steps/find-template-users.sql`.
  package static let sql = SQLText("find-template-users", PackageResources.find_template_users_sql)
  /// What comes back.
  package static let columns = [
    Column("number", .int4),
    Column("id", .uuid),
    Column("name", .text),
    Column("status", .text),
    Column("template", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  package let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  package init(templates: [String]) {
    parameters = [.uuids(templates)]
  }

  /// Reads one row.
  package static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      number: try row.int(), id: try row.text(), name: try row.text(), status: try row.text(), template: try row.text())
  }
}
