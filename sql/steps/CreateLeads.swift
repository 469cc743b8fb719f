import Postgres

/// The leads that the staged rows make.
public struct CreateLeads: Statement {
  /// `sql/steps/create-leads.sql`.
  public static let sql = SQLText("create-leads", PackageResources.create_leads_sql)

  /// Takes no parameters.
  public init() {}
}
