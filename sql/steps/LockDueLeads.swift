import Postgres

/// Picks due messages, and locks their leads
public struct LockDueLeads: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many due messages were picked: nobody else holds their leads.
    public let picked: Int
    /// How many could be claimed, by the limit and by the rules of the sender.
    public let slots: Int
    /// Seconds until the pace has a slot; nil where there is one, or where a cap is used up.
    public let wait: Double?
    /// The time of the last message that was picked.
    public let lastTime: String?
    /// Its id.
    public let lastID: Int?
  }

  /// `sql/steps/lock-due-leads.sql`.
  public static let sql = SQLText("lock-due-leads", PackageResources.lock_due_leads_sql)
  /// What comes back.
  public static let columns = [
    Column("picked", .int4),
    Column("slots", .int4),
    Column("wait", .float8),
    Column("last_time", .text),
    Column("last_id", .int8),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, sender: String, limit: Int, scan: Int, afterTime: String? = nil, afterID: Int? = nil) {
    parameters = [.uuid(campaign), .uuid(sender), .int4(limit), .int4(scan), .text(afterTime), .int8(afterID)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      picked: try row.int(), slots: try row.int(), wait: try row.optionalDouble(), lastTime: row.optionalText(),
      lastID: try row.optionalInt())
  }
}
