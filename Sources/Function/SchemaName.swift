/// What a workspace may be called.
enum SchemaName {
  /// The name of the workspace's schema, from CAMPANILE_SCHEMA.
  ///
  /// - Throws: 78 for what PostgreSQL would cut short, keeps for itself, or puts something else in the place of.
  static func read(_ given: String?) throws(Failure) -> String {
    guard let given, !given.isEmpty else { return "campanile" }
    let problem: String?
    if given.unicodeScalars.contains(where: { !$0.isVisible || $0 == "\u{FFFD}" }) {
      problem = "has a control character, an invisible character or something that is not UTF-8 in it"
    } else if given.first?.isWhitespace == true || given.last?.isWhitespace == true {
      problem = "begins or ends with a space"
    } else if given.utf8.count > 63 {
      // PostgreSQL would cut it there: two workspaces would be one.
      problem = "has \(given.utf8.count) bytes: 63 are the most"
    } else if given.hasPrefix("pg_") || given == "information_schema" || given == "$user" {
      problem = "is PostgreSQL's own: $user, information_schema and what begins with pg_ are no workspaces"
    } else {
      problem = nil
    }
    guard let problem else { return given }
    throw Failure(.configuration, "CAMPANILE_SCHEMA \(problem)")
  }
}
