import Postgres

/// Where the records of a file stand while they are judged and merged.
public struct CreateImport: Statement {
  /// `sql/steps/create-import.sql`.
  public static let sql = SQLText("create-import", PackageResources.create_import_sql)

  /// Takes no parameters.
  public init() {}
}
