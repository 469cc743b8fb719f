import Postgres

/// A campaign pauses; its clock stands still from here.
public struct MarkPaused: Statement {
  /// `sql/steps/mark-paused.sql`.
  public static let sql = SQLText("mark-paused", PackageResources.mark_paused_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
