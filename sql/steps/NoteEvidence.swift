import Postgres

/// Keeps what a sender's last refusals were alike in.
package struct NoteEvidence: Statement {
  package typealias Output = Never
  package static let sql = SQLText("note-evidence", PackageResources.note_evidence_sql)
  package let parameters: [SQLValue]

  package init(sender: String, evidence: String) {
    parameters = [.uuid(sender), .jsonb(evidence)]
  }
}
