import Postgres

/// Locks the campaigns, the senders where some are given back, and the leads of some messages.
public struct LockForSettlement: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many leads were locked.
    public let leads: Int
  }

  /// `sql/steps/lock-for-settlement.sql`.
  public static let sql = SQLText("lock-for-settlement", PackageResources.lock_for_settlement_sql)
  /// What comes back.
  public static let columns = [
    Column("leads", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(messages: [Int], givesBack: Bool = false) {
    parameters = [.int8s(messages), .bool(givesBack)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(leads: try row.int())
  }
}
