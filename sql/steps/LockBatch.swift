import Postgres

/// A batch by its name, made if it is not there, its row locked.
public struct LockBatch: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The batch.
    public let id: String
    /// The campaign that uses it.
    public let heldBy: String?
    /// The true time, in milliseconds since 1970.
    public let milliseconds: Int
  }

  /// `sql/steps/lock-batch.sql`.
  public static let sql = SQLText("lock-batch", PackageResources.lock_batch_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("held_by", .text),
    Column("milliseconds", .int8),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String) {
    parameters = [.text(name)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), heldBy: row.optionalText(), milliseconds: try row.int())
  }
}
