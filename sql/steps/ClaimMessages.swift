import Postgres

/// The picked messages become `sending`, for one tick, until their deadline.
public struct ClaimMessages: Statement {
  /// One row.
  public struct Row: Sendable {
    /// The message.
    public let id: Int
    /// Why it must not be sent; it was not claimed then.
    public let skipReason: String?
    /// The rule that holds it back; it was not claimed then.
    public let heldBy: String?
    /// Its campaign.
    public let campaign: String
    /// The campaign’s name.
    public let campaignName: String
    /// Its step.
    public let step: Int
    /// What the step says.
    public let template: String
    /// The lead.
    public let lead: String
    /// The lead’s address.
    public let email: String?
    /// The lead’s phone.
    public let phone: String?
    /// Variable.
    public let firstName: String?
    /// Variable.
    public let contactName: String?
    /// Variable.
    public let companyName: String?
    /// Variable.
    public let industry: String?
    /// Variable.
    public let city: String?
    /// Variable.
    public let country: String?
    /// Variable.
    public let website: String?
    /// Further variables, a JSON object.
    public let attributes: String
    /// The moment of the claim as an RFC 5322 date-time.
    public let date: String
  }

  /// `sql/steps/claim-messages.sql`.
  public static let sql = SQLText("claim-messages", PackageResources.claim_messages_sql)
  /// What comes back.
  public static let columns = [
    Column("id", .int8),
    Column("skip_reason", .text),
    Column("held_by", .text),
    Column("campaign_id", .uuid),
    Column("campaign", .text),
    Column("step_number", .int4),
    Column("template_id", .uuid),
    Column("lead_id", .uuid),
    Column("email", .text),
    Column("phone", .text),
    Column("first_name", .text),
    Column("contact_name", .text),
    Column("company_name", .text),
    Column("industry", .text),
    Column("city", .text),
    Column("country", .text),
    Column("website", .text),
    Column("attributes", .text),
    Column("date", .text),
  ]
  /// `$1`, `$2`, … of this execution.
  public let parameters: [SQLValue]

  /// Takes the parameters in the order of the file.
  public init(claim: String, lease: Double) {
    parameters = [.uuid(claim), .seconds(lease)]
  }

  /// Reads one row.
  public static func read(_ row: inout RowReader) throws(DatabaseError) -> Row {
    Row(
      id: try row.int(), skipReason: row.optionalText(), heldBy: row.optionalText(), campaign: try row.text(),
      campaignName: try row.text(),
      step: try row.int(), template: try row.text(), lead: try row.text(), email: row.optionalText(),
      phone: row.optionalText(), firstName: row.optionalText(), contactName: row.optionalText(),
      companyName: row.optionalText(), industry: row.optionalText(), city: row.optionalText(),
      country: row.optionalText(), website: row.optionalText(), attributes: try row.text(), date: try row.text())
  }
}
