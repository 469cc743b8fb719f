import Postgres

/// Whether a pause is still this pause, what is still out, and what became of what was.
public struct LoadPause: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The campaign’s state.
    public let status: String
    /// Which pause it is.
    public let pauseNumber: Int
    /// Messages whose deadline is ahead.
    public let out: Int
    /// Messages that are `sending` past it.
    public let overdue: Int
    /// Seconds until the last deadline.
    public let secondsLeft: Double
    /// Of the messages that were out, so many are this now.
    public let sent: Int
    /// Of the messages that were out, so many are this now.
    public let failed: Int
    /// Of the messages that were out, so many are this now.
    public let deferred: Int
    /// Of the messages that were out, so many are this now.
    public let unknown: Int
    /// Of the messages that were out, so many are this now.
    public let cancelled: Int
  }

  /// `sql/steps/load-pause.sql`.
  public static let sql = SQLText("load-pause", PackageResources.load_pause_sql)
  /// What comes back.
  public static let columns = [
    Column("status", .text),
    Column("pause_number", .int4),
    Column("out", .int4),
    Column("overdue", .int4),
    Column("seconds_left", .float8),
    Column("sent", .int4),
    Column("failed", .int4),
    Column("deferred", .int4),
    Column("unknown", .int4),
    Column("cancelled", .int4),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, messages: [Int]) {
    parameters = [.uuid(campaign), .int8s(messages)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      status: try row.text(), pauseNumber: try row.int(), out: try row.int(), overdue: try row.int(),
      secondsLeft: try row.double(), sent: try row.int(), failed: try row.int(), deferred: try row.int(),
      unknown: try row.int(), cancelled: try row.int())
  }
}
