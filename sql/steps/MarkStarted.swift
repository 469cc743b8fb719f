import Postgres

/// A campaign whose ledger was written runs.
public struct MarkStarted: Statement {
  /// `sql/steps/mark-started.sql`.
  public static let sql = SQLText("mark-started", PackageResources.mark_started_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, open: Int, emails: Int, leads: Int) {
    parameters = [.uuid(campaign), .int8(open), .int8(emails), .int8(leads)]
  }
}
