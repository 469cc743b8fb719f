import Postgres

/// The paces of receiving domains
public struct SetSenderDomains: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Whether a pace is another one now.
    public let judgesAnew: Bool
  }

  /// `sql/steps/set-sender-domains.sql`.
  public static let sql = SQLText("set-sender-domains", PackageResources.set_sender_domains_sql)
  /// What comes back.
  public static let columns = [
    Column("judges_anew", .bool)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(sender: String, domains: [String], counts: [Int], periods: [String]) {
    parameters = [.uuid(sender), .texts(domains), .int4s(counts), .texts(periods)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(judgesAnew: try row.bool())
  }
}
