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
    /// Whether the sender is in trouble, and gets one message at a time until one is accepted.
    public let probes: Bool
    /// The last messages that were picked, of first steps and of follow-ups: their times and ids.
    public let last: (first: (time: String?, id: Int?), followUp: (time: String?, id: Int?))
  }

  /// `sql/steps/lock-due-leads.sql`.
  public static let sql = SQLText("lock-due-leads", PackageResources.lock_due_leads_sql)
  /// What comes back.
  public static let columns = [
    Column("picked", .int4),
    Column("slots", .int4),
    Column("wait", .float8),
    Column("probes", .bool),
    Column("first_time", .text),
    Column("first_id", .int8),
    Column("follow_up_time", .text),
    Column("follow_up_id", .int8),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(
    campaign: String, sender: String, limit: Int, scan: Int, afterTime: String? = nil, afterID: Int? = nil,
    afterFollowUpTime: String? = nil, afterFollowUpID: Int? = nil
  ) {
    parameters = [
      .uuid(campaign), .uuid(sender), .int4(limit), .int4(scan), .text(afterTime), .int8(afterID),
      .text(afterFollowUpTime), .int8(afterFollowUpID),
    ]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      picked: try row.int(), slots: try row.int(), wait: try row.optionalDouble(), probes: try row.bool(),
      last: (
        first: (time: row.optionalText(), id: try row.optionalInt()),
        followUp: (time: row.optionalText(), id: try row.optionalInt())
      ))
  }
}
