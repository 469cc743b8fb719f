import Postgres

/// A campaign goes on.
public struct MarkResumed: Statement {
  /// `sql/steps/mark-resumed.sql`.
  public static let sql = SQLText("mark-resumed", PackageResources.mark_resumed_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
