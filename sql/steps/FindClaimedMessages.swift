import Postgres

/// What is still `sending` under claims whose commit was not answered.
public struct FindClaimedMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
    /// The claim it is under.
    public let claim: String
  }

  /// `sql/steps/find-claimed-messages.sql`.
  public static let sql = SQLText("find-claimed-messages", PackageResources.find_claimed_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8),
    Column("claim_id", .uuid),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(claims: [String]) {
    parameters = [.uuids(claims)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.int(), claim: try row.text())
  }
}
