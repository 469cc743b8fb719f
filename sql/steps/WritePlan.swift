import Postgres

/// A campaign’s steps as they are now.
public struct WritePlan: Statement {
  /// `sql/steps/write-plan.sql`.
  public static let sql = SQLText("write-plan", PackageResources.write_plan_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
