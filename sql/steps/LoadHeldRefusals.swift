import Postgres

/// Messages that were refused and are held.
package struct LoadHeldRefusals: Statement {
  package struct Row: Sendable {
    package let message: Int
    package let sender: String
    /// How often it was held.
    package let times: Int
    /// `refused`, `deferred`, or nil.
    package let doubt: String?
    /// `address` or `domain`.
    package let about: String?
    /// What its refusal is alike in, where it may be about this message.
    package let fingerprint: String?
    package let reason: String?
    package let domain: String?
    /// When it was held first and last, in seconds since 1970.
    package let since: Double
    package let at: Double
  }

  package static let sql = SQLText("load-held-refusals", PackageResources.load_held_refusals_sql)
  package static let columns = [
    Column("message_id", .int8), Column("sender_id", .uuid), Column("times", .int4), Column("doubt", .text),
    Column("about", .text), Column("fingerprint", .text), Column("reason", .text), Column("domain", .text),
    Column("since", .float8), Column("at", .float8),
  ]
  package let parameters: [SQLValue]

  package init(senders: [String]) { parameters = [.uuids(senders)] }

  package static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      message: try row.int(), sender: try row.text(), times: try row.int(), doubt: row.optionalText(),
      about: row.optionalText(), fingerprint: row.optionalText(), reason: row.optionalText(),
      domain: row.optionalText(), since: try row.double(), at: try row.double())
  }
}
