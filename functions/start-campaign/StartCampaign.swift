import Function
import Ledger

@main
struct StartCampaign: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")

  static let manual = Manual(
    "start-campaign", "writes a campaign's whole ledger and lets it run, now or at its start time",
    discussion: """
      In one transaction: takes the campaign's batches, writes one message for every lead and step, and sets
      the campaign running. The next tick sends what is due. A lead without an address on a step's channel
      gets that message skipped, and it is counted.

      A draft with a start time ahead is scheduled instead: it takes its batches, and the first tick after
      that time starts it. Starting a scheduled campaign starts it now. Starting a paused one resumes it: one
      that was paused while it was scheduled is scheduled again, and the next tick starts it if its time is past.

      Refused, with nothing changed: a batch in use by another campaign, a template that uses a variable no
      lead has, a campaign without leads, and a campaign that is over or has failed. Starting a campaign that
      runs already changes nothing and says so. While a batch is being imported into, a start waits ten seconds
      and then asks to be tried again.
      """,
    arguments: [name.declaration] + Change.arguments, exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let name = call[name]
    let start = try call.database().start(name, actor: call.actor(), reason: call[Change.reason])
    switch start {
    case .started(let leads, let messages, let skipped):
      return Report([
        "name": .string(name), "status": "running", "started": true, "leads": .int(leads), "messages": .int(messages),
        "skipped": .int(skipped),
      ])
    case .scheduled(let time):
      return Report(["name": .string(name), "status": "scheduled", "started": false, "start_at": .string(time)])
    case .resumed(let leads):
      return Report(["name": .string(name), "status": "running", "started": true, "leads": .int(leads)])
    case .running(let leads):
      call.log.notice("the campaign runs already; nothing was changed")
      return Report(["name": .string(name), "status": "running", "started": false, "leads": .int(leads)])
    case .overtaken(let status):
      return Report(["name": .string(name), "status": .string(status), "started": false])
    }
  }
}
