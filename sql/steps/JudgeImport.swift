import Postgres

/// How many of the staged rows can be used.
public struct JudgeImport: Statement {
  /// One row.
  public struct Row: Sendable {
    /// Rows that can be used.
    public let usable: Int
    /// Those among them that have only a phone.
    public let withoutEmail: Int
    /// Those among them that have an email and an unusable phone.
    public let phonesLeftOut: Int
    /// Those among them whose email may stand further up as well.
    public let seemRepeated: Int
    /// The line of the first row that cannot be used.
    public let firstLine: Int?
    /// Why it cannot be used, without any value of it but a time zone.
    public let firstReason: String?
  }

  /// `sql/steps/judge-import.sql`.
  public static let sql = SQLText("judge-import", PackageResources.judge_import_sql)
  /// What comes back.
  public static let columns = [
    Column("usable", .int8),
    Column("without_email", .int8),
    Column("phones_left_out", .int8),
    Column("seem_repeated", .int8),
    Column("first_line", .int8),
    Column("first_reason", .text),
  ]

  /// Takes no parameters.
  public init() {}

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      usable: try row.int(), withoutEmail: try row.int(), phonesLeftOut: try row.int(),
      seemRepeated: try row.int(), firstLine: try row.optionalInt(), firstReason: row.optionalText())
  }
}
