import Postgres

/// What a rule of a sender has put aside is judged anew.
package struct ReleaseSenderHolds: Statement {
  /// `sql/steps/release-sender-holds.sql`.
  package static let sql = SQLText("release-sender-holds", PackageResources.release_sender_holds_sql)
  /// `$1`, `$2`, … of this execution.
  package let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  package init(sender: String, rules: [String]) {
    parameters = [.uuid(sender), .texts(rules)]
  }
}
