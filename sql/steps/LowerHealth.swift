import Postgres

/// What failed before a campaign was resumed is no longer more than what has failed at all.
package struct LowerHealth: Statement {
  /// `sql/steps/lower-health.sql`.
  package static let sql = SQLText("lower-health", PackageResources.lower_health_sql)
  /// `$1`, `$2`, … of this execution.
  package let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  package init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
