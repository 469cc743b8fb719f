import Function
import Ledger
import Postgres
import Steps

@main
struct PauseCampaign: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")
  static let wait = Argument.standard(
    "wait", .option, .seconds, "86400", "how long to wait for what is out; still out then is exit 75")
  static let noWait = Argument.flag("no-wait", "answers at once, and says how many are still out")

  static let manual = Manual(
    "pause-campaign", "pauses a campaign: once this has answered, nothing of it leaves",
    discussion: """
      Sets the campaign paused, and waits until no message of it can be with a transport any more: until each
      has settled, or its deadline has passed. That takes as long as the mail server takes to answer, and one
      lease of a sender at most. It touches no message, and costs the same for ten and for ten million.

      Prints how many messages were out when it was called, and what became of each; and how many attempts of
      the campaign are unaccounted for: of these, and of nothing else, a server that sat on bytes that it was
      given before may still accept one (campaign-messages --state unknown shows them). Pausing a paused campaign
      waits like the first time. If somebody resumes it meanwhile, it says that instead.
      """,
    arguments: [name.declaration, wait.declaration, noWait.declaration] + Change.arguments,
    exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let name = call[name]
    let database = try call.database()
    let pause = try database.pause(name, actor: call.actor(), reason: call[Change.reason])
    let patience = call[noWait] ? 0 : call[wait]
    let now = try database.awaitInFlight(of: pause.campaign, messages: pause.inFlight, patience: patience) {
      $0.status == pause.status && $0.pauseNumber == pause.number
    }

    let unaccounted = try database.transaction { transaction in
      try transaction.one(CountUnaccounted(campaign: pause.campaign)).attempts
    }
    let report: JSON = [
      "name": .string(name), "status": .string(now.status), "was_in_flight": .int(pause.inFlight.count),
      "still_out": .int(now.out), "unaccounted": .int(unaccounted),
      "settled": [
        "sent": .int(now.sent), "failed": .int(now.failed), "deferred": .int(now.deferred),
        "unknown": .int(now.unknown),
      ],
    ]
    guard now.status == pause.status && now.pauseNumber == pause.number || now.status == "completed" else {
      call.log.warning("somebody changed the campaign while this waited: it is \(now.status)")
      return Report(report, exit: .data)
    }
    guard now.out > 0, !call[noWait] else { return Report(report) }
    call.log.error("\(now.status), \(now.out) out")
    return Report(report, exit: .tryAgain)
  }
}
