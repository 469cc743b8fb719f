import Postgres

/// Lets messages go whose `not_before` has come.
public struct WakeMessages: Statement {
  /// `sql/steps/wake-messages.sql`.
  public static let sql = SQLText("wake-messages", PackageResources.wake_messages_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(limit: Int) {
    parameters = [.int4(limit)]
  }
}
