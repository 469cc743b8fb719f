import Postgres

/// The leads of all staged rows are in the batch, in the order of the file.
public struct JoinBatch: Statement {
  /// `sql/steps/join-batch.sql`.
  public static let sql = SQLText("join-batch", PackageResources.join_batch_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(batch: String, lastLine: Int) {
    parameters = [.uuid(batch), .int8(lastLine)]
  }
}
