import Postgres

/// The schema and the table that counts migrations, where they are missing.
public struct CreateWorkspace: Statement {
  /// `sql/steps/create-workspace.sql`.
  public static let sql = SQLText("create-workspace", PackageResources.create_workspace_sql)

  /// Takes no parameters.
  public init() {}
}
