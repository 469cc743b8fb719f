import Postgres

/// Whether there is anything at all for a tick to do.
public struct LookAround: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Whether a campaign runs.
    public let hasRunning: Bool
    /// Whether a campaign is scheduled, now or for later.
    public let hasScheduled: Bool
    /// Whether a cancelled campaign has open messages.
    public let hasCancels: Bool
    /// Whether any campaign has open messages: only then one can be stuck.
    public let hasOpen: Bool
  }

  /// `sql/steps/look-around.sql`.
  public static let sql = SQLText("look-around", PackageResources.look_around_sql)
  /// What comes back.
  public static let columns = [
    Column("has_running", .bool),
    Column("has_scheduled", .bool),
    Column("has_cancels", .bool),
    Column("has_open", .bool),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(hasRunning: try row.bool(), hasScheduled: try row.bool(), hasCancels: try row.bool(), hasOpen: try row.bool())
  }
}
