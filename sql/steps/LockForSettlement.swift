import Postgres

/// Locks the campaigns of some messages.
public struct LockForSettlement: Statement {
  /// One row.
  public struct Row: Sendable {
    /// How many campaigns were locked.
    public let campaigns: Int
  }

  /// `sql/steps/lock-for-settlement.sql`.
  public static let sql = SQLText("lock-for-settlement", PackageResources.lock_for_settlement_sql)
  /// What comes back.
  public static let columns = [
    Column("campaigns", .int4)
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(messages: [Int]) {
    parameters = [.int8s(messages)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(campaigns: try row.int())
  }
}
