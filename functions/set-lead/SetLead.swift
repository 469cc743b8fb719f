import Campaign
import Function
import Postgres
import Steps

@main
struct SetLead: Function {
  static let address = Argument.required("address", .positional, .text, "the lead's email or phone")
  static let statuses = ["new", "contacted", "replied", "not_interested", "converted", "invalid", "unsubscribed"]
  static let status = Argument<String?>.optional(
    "status", .option, .oneOf(statuses, placeholder: "STATUS"), statuses.joined(separator: ", "))
  static let timeZone = Argument<String?>.optional("time-zone", .option, .text, "the lead's, like Europe/London")

  static let manual = Manual(
    "set-lead", "changes what is known of a lead: that it replied, or where it lives",
    discussion: """
      A lead that is replied, not_interested, converted, invalid or unsubscribed gets nothing more, from any
      campaign: what waits for it is skipped when it comes due, with the status as the reason. A message that
      is with a transport already is not called back.
      """,
    arguments: [address.declaration, status.declaration, timeZone.declaration], exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let (address, status, timeZone) = (call[address], call[status], call[timeZone])
    guard status != nil || timeZone != nil else {
      throw Failure(.usage, "nothing to change: give --status or --time-zone")
    }
    return try call.database().transaction { transaction in
      if let timeZone, try !transaction.run(FindUnknownTimeZones(names: [timeZone])).isEmpty {
        throw Failure(.data, "there is no time zone \"\(timeZone)\"; it must be like Europe/London")
      }
      // A phone is stored in one spelling, and comes here as somebody has read it.
      let stored = address.contains("@") ? address : Phone.normalized(address) ?? address
      let leads = try transaction.run(ChangeLead(address: stored, status: status, timeZone: timeZone))
      guard let lead = leads.first else { throw Failure(.noSuchThing, "there is no lead with this address") }
      guard leads.count == 1 else {
        throw Failure(.data, "\(leads.count) leads have this phone; name the one that is meant by its email")
      }
      return Report([
        "was": .string(lead.was), "status": .string(status ?? lead.was),
        "time_zone": JSON(timeZone ?? lead.wasIn),
      ])
    }
  }
}
