import Postgres

/// A migration was applied.
public struct RecordMigration: Statement {
  /// `sql/steps/record-migration.sql`.
  public static let sql = SQLText("record-migration", PackageResources.record_migration_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(version: Int, name: String) {
    parameters = [.int4(version), .text(name)]
  }
}
