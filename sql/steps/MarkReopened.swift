import Postgres

/// A completed campaign is open again, and paused.
public struct MarkReopened: Statement {
  /// `sql/steps/mark-reopened.sql`.
  public static let sql = SQLText("mark-reopened", PackageResources.mark_reopened_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
