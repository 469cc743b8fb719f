import Postgres

/// Why a sender cannot send, or that it can again.
public struct SetSenderTrouble: Statement {
  /// `sql/steps/set-sender-trouble.sql`.
  public static let sql = SQLText("set-sender-trouble", PackageResources.set_sender_trouble_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(sender: String, trouble: String?) {
    parameters = [.uuid(sender), .text(trouble)]
  }
}
