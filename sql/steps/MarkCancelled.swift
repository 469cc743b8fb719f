import Postgres

/// A campaign is over.
public struct MarkCancelled: Statement {
  /// `sql/steps/mark-cancelled.sql`.
  public static let sql = SQLText("mark-cancelled", PackageResources.mark_cancelled_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
