import Postgres

/// Variables of a campaign’s templates that no lead has a value for.
public struct FindUnmetVariables: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The template.
    public let template: String
    /// The variable.
    public let variable: String
  }

  /// `sql/steps/find-unmet-variables.sql`.
  public static let sql = SQLText("find-unmet-variables", PackageResources.find_unmet_variables_sql)
  /// What comes back.
  public static let columns = [
    Column("template", .text),
    Column("variable", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(template: try row.text(), variable: try row.text())
  }
}
