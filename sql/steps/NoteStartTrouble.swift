import Postgres

/// Why a scheduled campaign could not be started
public struct NoteStartTrouble: Statement {
  /// `sql/steps/note-start-trouble.sql`.
  public static let sql = SQLText("note-start-trouble", PackageResources.note_start_trouble_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(name: String, trouble: String) {
    parameters = [.text(name), .text(trouble)]
  }
}
