import Postgres

/// Clears deadlines that protect nothing any more.
public struct ForgetPassedDeadlines: Statement {
  /// `sql/steps/forget-passed-deadlines.sql`.
  public static let sql = SQLText("forget-passed-deadlines", PackageResources.forget_passed_deadlines_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(limit: Int) {
    parameters = [.int4(limit)]
  }
}
