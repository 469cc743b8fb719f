import Postgres

/// Statistics for the planner, after a bulk insert.
public struct AnalyzeMessages: Statement {
  /// `sql/steps/analyze-messages.sql`.
  public static let sql = SQLText("analyze-messages", PackageResources.analyze_messages_sql)

  /// Takes no parameters.
  public init() {}
}
