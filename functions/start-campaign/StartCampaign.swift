import Function
import Ledger
import Postgres
import Steps

@main
struct StartCampaign: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")

  static let manual = Manual(
    "start-campaign", "writes a campaign's whole ledger and lets it run",
    discussion: """
      In one transaction: takes the campaign's batches, writes one message for every lead and step, and sets
      the campaign running. The next tick sends what is due. A lead without an address on a step's channel
      gets that message skipped, and it is counted.

      Refused, with nothing changed: a batch in use by another campaign, a template that uses a variable no
      lead has, a campaign without leads, and a campaign that is not a draft. Starting a campaign that runs
      already changes nothing and says so.
      """,
    arguments: [name.declaration], exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let name = try call[name]
    let database = try call.database()
    return try database.transaction { transaction in
      guard let campaign = try transaction.run(LockCampaign(name: name)).first else {
        throw Failure(.noSuchThing, "there is no campaign \"\(name)\"")
      }
      if campaign.status == "running" {
        call.log.notice("the campaign runs already; nothing was changed")
        return Report([
          "name": .string(name), "status": "running", "started": false, "leads": .int(campaign.leads),
        ])
      }
      guard campaign.status == "draft" else {
        throw Failure(.data, "the campaign \"\(name)\" is \(campaign.status); only a draft can be started")
      }
      try takeBatches(campaign.id, transaction)
      try checkVariables(campaign.id, transaction)

      try transaction.run(WritePlan(campaign: campaign.id))
      let ledger = try transaction.one(WriteLedger(campaign: campaign.id))
      guard ledger.messages > 0 else {
        throw Failure(.data, "the campaign \"\(name)\" has no leads: its batches are empty")
      }
      guard ledger.skipped < ledger.messages else {
        throw Failure(.data, "no lead of the campaign \"\(name)\" has an address on a channel of its steps")
      }
      let open = ledger.messages - ledger.skipped
      try transaction.run(MarkStarted(campaign: campaign.id, open: open, emails: ledger.emails, leads: ledger.leads))
      try transaction.run(AnalyzeMessages())
      return Report([
        "name": .string(name), "status": "running", "started": true, "leads": .int(ledger.leads),
        "messages": .int(ledger.messages), "skipped": .int(ledger.skipped),
      ])
    }
  }

  private static func takeBatches(_ campaign: String, _ transaction: borrowing Transaction) throws {
    let held = try transaction.run(TakeBatches(campaign: campaign)).compactMap { row in
      row.heldBy.map { "the batch \"\(row.batch)\" is in use by the campaign \"\($0)\"" }
    }
    guard held.isEmpty else { throw Failure(.data, held) }
  }

  private static func checkVariables(_ campaign: String, _ transaction: borrowing Transaction) throws {
    let unmet = try transaction.run(FindUnmetVariables(campaign: campaign)).map {
      "the template \"\($0.template)\" uses {{\($0.variable)}}, and no lead has a value for it"
    }
    guard unmet.isEmpty else { throw Failure(.data, unmet) }
  }
}
