import Postgres

/// Completes a campaign without open messages, and releases the batches of one that is over.
public struct MendCampaign: Statement {
  /// `sql/steps/mend-campaign.sql`.
  public static let sql = SQLText("mend-campaign", PackageResources.mend_campaign_sql)
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(campaign: String) {
    parameters = [.uuid(campaign)]
  }
}
