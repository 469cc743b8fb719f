import Postgres

/// Lets a sender rest.
package struct RestSender: Statement {
  package struct Row: Sendable {
    /// Seconds until it is over.
    package let seconds: Double
    /// When that is.
    package let until: String
  }

  package static let sql = SQLText("rest-sender", PackageResources.rest_sender_sql)
  package static let columns = [Column("seconds", .float8), Column("until", .text)]
  package let parameters: [SQLValue]

  /// - Parameters:
  ///   - first: seconds of the first rest.
  ///   - most: the most seconds of one.
  ///   - isFirstFree: whether the first one is none at all.
  ///   - isNew: whether the rest before was for something else.
  package init(sender: String, trouble: String, first: Double, most: Double, isFirstFree: Bool, isNew: Bool = false) {
    parameters = [.uuid(sender), .text(trouble), .float8(first), .float8(most), .bool(isFirstFree), .bool(isNew)]
  }

  package static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(seconds: try row.double(), until: try row.text())
  }
}
