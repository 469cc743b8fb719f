import Function
import Ledger
import Postgres
import Steps

@main
struct ResumeCampaign: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")

  static let manual = Manual(
    "resume-campaign", "lets a paused or failed campaign go on",
    discussion: """
      The campaign's clock goes on where it stood: after a pause of ten days the second step is as far behind
      the first as it was planned. It touches no message. A campaign that was paused while it was scheduled is
      scheduled again. Resuming a failed campaign forgets what made it fail. Resuming one that runs changes
      nothing and says so.
      """,
    arguments: [name.declaration] + Change.arguments, exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let name = call[name]
    return try call.database().change(name, actor: call.actor(), reason: call[Change.reason]) {
      campaign, transaction in
      switch campaign.status {
      case "paused", "failed":
        try transaction.run(MarkResumed(campaign: campaign.id))
        let status = try transaction.run(LockCampaign(name: name)).first?.status ?? ""
        return Report(["name": .string(name), "was": .string(campaign.status), "status": .string(status)])
      case "running":
        call.log.notice("the campaign runs already; nothing was changed")
        return Report(["name": .string(name), "was": "running", "status": "running"])
      default:
        throw Failure(
          .data, "the campaign \"\(name)\" is \(campaign.status); only a paused or failed one can be resumed")
      }
    }
  }
}
