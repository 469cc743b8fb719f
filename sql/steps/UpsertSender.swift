import Postgres

/// One sender of a document.
public struct UpsertSender: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Its id.
    public let id: String
    /// Whether its days have no count yet, or not of this time zone.
    public let countsAnew: Bool
  }

  /// `sql/steps/upsert-sender.sql`.
  public static let sql = SQLText("upsert-sender", PackageResources.upsert_sender_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .uuid),
    Column("counts_anew", .bool),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(
    name: String, channel: String, from: String?, url: String, username: String?, passwordVariable: String?,
    connections: Int, lease: Double, timeout: Double, timeZone: String?, paceCount: Int?, pacePeriod: String?,
    delayMin: Double?, delayMax: Double?, dailyCap: Int?, warmUpStart: Int?, warmUpFactor: String?,
    helo: String?, allowsCleartext: Bool, tokenVariable: String?
  ) {
    parameters = [
      .text(name), .text(channel), .text(from), .text(url), .text(username), .text(passwordVariable),
      .int4(connections), .seconds(lease), .seconds(timeout), .text(timeZone), .int4(paceCount), .text(pacePeriod),
      .seconds(delayMin), .seconds(delayMax), .int4(dailyCap), .int4(warmUpStart), .text(warmUpFactor),
      .text(helo), .bool(allowsCleartext), .text(tokenVariable),
    ]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(id: try row.text(), countsAnew: try row.bool())
  }
}
