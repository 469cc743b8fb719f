import Postgres

/// The shared side of a campaign’s barrier, if it is free at once.
public struct TryBarrier: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Whether it was free.
    public let granted: Bool
  }

  /// `sql/steps/try-barrier.sql`.
  public static let sql = SQLText("try-barrier", PackageResources.try_barrier_sql)
  /// What comes back.
  public static let columns = [
    Column("granted", .bool)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(barrier: Int) {
    parameters = [.int4(barrier)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(granted: try row.bool())
  }
}
