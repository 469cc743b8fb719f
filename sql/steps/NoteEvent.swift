import Postgres

/// A line in a campaign’s timeline that is no change of its state.
public struct NoteEvent: Statement {
  /// `sql/steps/note-event.sql`.
  public static let sql = SQLText("note-event", PackageResources.note_event_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String, detail: String) {
    parameters = [.uuid(campaign), .jsonb(detail)]
  }
}
