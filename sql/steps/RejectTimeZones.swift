import Postgres

/// Staged rows whose time zone is not known cannot be used
public struct RejectTimeZones: Statement {
  /// `sql/steps/reject-time-zones.sql`.
  public static let sql = SQLText("reject-time-zones", PackageResources.reject_time_zones_sql)

  /// Takes no parameters.
  public init() {}
}
