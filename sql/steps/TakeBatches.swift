import Postgres

/// Locks a campaign’s batches for it.
public struct TakeBatches: Statement {
  /// One row.
  public struct Row: Sendable {
    /// A batch of the campaign.
    public let batch: String
    /// Another campaign that has it.
    public let heldBy: String?
  }

  /// `sql/steps/take-batches.sql`.
  public static let sql = SQLText("take-batches", PackageResources.take_batches_sql)
  /// What comes back.
  public static let columns = [
    Column("batch", .text),
    Column("held_by", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(batch: try row.text(), heldBy: row.optionalText())
  }
}
