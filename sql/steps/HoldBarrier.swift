import Postgres

/// The exclusive side of a campaign’s barrier, for this transaction.
public struct HoldBarrier: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Nothing.
    public let nothing: String
  }

  /// `sql/steps/hold-barrier.sql`.
  public static let sql = SQLText("hold-barrier", PackageResources.hold_barrier_sql)
  /// What comes back.
  public static let columns = [
    Column("pg_advisory_xact_lock", .void)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(barrier: Int) {
    parameters = [.int4(barrier)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(nothing: try row.text())
  }
}
