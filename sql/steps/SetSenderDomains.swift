import Postgres

/// The paces of receiving domains
public struct SetSenderDomains: Statement {
  /// `sql/steps/set-sender-domains.sql`.
  public static let sql = SQLText("set-sender-domains", PackageResources.set_sender_domains_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(sender: String, domains: [String], counts: [Int], periods: [String]) {
    parameters = [.uuid(sender), .texts(domains), .int4s(counts), .texts(periods)]
  }
}
