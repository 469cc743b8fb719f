import Postgres

/// What a sender has sent since the day before yesterday
public struct RecountSenderDays: Statement {
  /// `sql/steps/recount-sender-days.sql`.
  public static let sql = SQLText("recount-sender-days", PackageResources.recount_sender_days_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(sender: String) {
    parameters = [.uuid(sender)]
  }
}
