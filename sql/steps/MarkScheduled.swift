import Postgres

/// A campaign waits for its start time
public struct MarkScheduled: Statement {
  /// `sql/steps/mark-scheduled.sql`.
  public static let sql = SQLText("mark-scheduled", PackageResources.mark_scheduled_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
