import Postgres

/// What an old window or gap has put aside is judged anew
public struct ReleaseHeld: Statement {
  /// `sql/steps/release-held.sql`.
  public static let sql = SQLText("release-held", PackageResources.release_held_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
