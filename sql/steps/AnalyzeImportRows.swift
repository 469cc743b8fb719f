import Postgres

/// Statistics for the planner, after the file was streamed.
public struct AnalyzeImportRows: Statement {
  /// `sql/steps/analyze-import-rows.sql`.
  public static let sql = SQLText("analyze-import-rows", PackageResources.analyze_import_rows_sql)

  /// Takes no parameters.
  public init() {}
}
