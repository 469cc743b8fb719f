import Function
import Ledger
import Postgres
import Steps

@main
struct CancelCampaign: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")

  static let manual = Manual(
    "cancel-campaign", "ends a campaign for good",
    discussion: """
      From its answer on nothing of the campaign leaves. What is out settles, what is pending is cancelled, a
      bounded number of messages at a time, and the batches are released when nothing is open any more.
      Killed on the way, the next tick finishes the work, or a second call.
      """,
    arguments: [name.declaration] + Change.arguments, exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let name = call[name]
    let database = try call.database()
    let (campaign, inFlight) = try database.change(name, actor: call.actor(), reason: call[Change.reason]) {
      campaign, transaction in
      switch campaign.status {
      case "cancelled": break
      case "completed": throw Failure(.data, "the campaign \"\(name)\" is completed; there is nothing to cancel")
      default: try transaction.run(MarkCancelled(campaign: campaign.id))
      }
      return (campaign.id, try transaction.run(ListInFlight(campaign: campaign.id)).map(\.id))
    }

    let cancelled = try database.cancelWhatIsPending(in: campaign, named: name)
    let now = try database.awaitInFlight(of: campaign, messages: inFlight, patience: .infinity) { _ in true }
    return Report([
      "name": .string(name), "status": .string(now.status), "cancelled": .int(cancelled),
      "was_in_flight": .int(inFlight.count),
      "settled": [
        "sent": .int(now.sent), "failed": .int(now.failed), "cancelled": .int(now.cancelled),
        "unknown": .int(now.unknown),
      ],
    ])
  }
}
