import Function
import Ledger
import Postgres
import Steps

@main
struct Requeue: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")
  static let reason = Argument<String?>.optional(
    "reason", .option, .text, "only what failed for a reason that has this in it, in any case")
  static let message = Argument<Int?>.optional("message", .option, .integer(1...Int.max), "only this message (its id)")
  static let since = Argument<String?>.optional("since", .option, .instant, "only what failed then or later")
  static let dryRun = Argument.flag("dry-run", "only says what would be sent again")
  static let because = Argument<String?>.optional(
    "because", .option, .text, "why it is sent again; kept in the timeline")

  static let manual = Manual(
    "requeue", "sends the failed messages of a campaign again",
    discussion: """
      What was refused for good, or is out of retries, is pending again, with all its retries, behind what is
      due already: after a quota of the provider, an outage, or a rule of the server that is mended by now. All
      that failed, or, with --reason, --message and --since, what fits all of them. The later steps of a lead
      that were skipped because this one had failed come back behind it.

      A campaign that runs goes on. One that was complete is paused: it takes its batches again, or is refused
      with who has them, and goes on with resume-campaign. Where nothing has failed, nothing is changed.

      Who must not be contacted is skipped when the message comes due, as always. A server that said that an
      address does not exist has also put it on the list: "suppressed" counts those, and suppress --remove
      takes them off.

      Prints how many are sent again, how many later steps come back (restored), how many go to somebody on the
      list and why, and the reasons for which they had failed, without what differs from one to the next.
      """,
    arguments: [
      name.declaration, reason.declaration, message.declaration, since.declaration, dryRun.declaration,
      because.declaration, Change.by.declaration,
    ],
    exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let (name, reason, message, since) = (call[name], call[reason], call[message], call[since])
    let isDryRun = call[dryRun]
    return try call.database().change(name, actor: call.actor(), reason: call[because]) {
      campaign, transaction in
      try campaign.mustTakeBack(name)
      let failures = try transaction.run(
        ListFailures(campaign: campaign.id, message: message, reason: reason, since: since))
      let suppressed = try transaction.run(
        ListSuppressedFailures(campaign: campaign.id, message: message, reason: reason, since: since))
      if let message, failures.isEmpty {
        throw Failure(.noSuchThing, "the campaign \"\(name)\" has no failed message \(message) like this")
      }
      var (moved, restored, status) = (0, 0, campaign.status)
      if failures.isEmpty {
        call.log.notice("nothing of the campaign has failed like this; nothing was changed")
      } else if !isDryRun {
        let requeued = try transaction.one(
          RequeueMessages(campaign: campaign.id, message: message, reason: reason, since: since))
        (moved, restored) = (requeued.moved, requeued.restored)
        status = try transaction.reopen(campaign, moved: moved)
        try transaction.run(LowerHealth(campaign: campaign.id))
        let detail: JSON = [
          "requeue": .int(moved), "restored": .int(restored), "reason": JSON(reason), "since": JSON(since),
          "message": message.map { .int($0) } ?? .null,
        ]
        try transaction.run(
          NoteEvent(campaign: campaign.id, detail: String(decoding: detail.encoded(), as: UTF8.self)))
        if status != campaign.status { call.log.notice("the campaign is paused: resume-campaign lets it go on") }
      }
      let onTheList = suppressed.reduce(0) { $0 + $1.messages }
      if onTheList > 0 {
        call.log.warning("\(onTheList) go to somebody who is suppressed, and will be skipped: see suppress --remove")
      }
      return Report([
        "name": .string(name), "status": .string(status), "failed": .int(failures.reduce(0) { $0 + $1.messages }),
        "requeued": .int(moved), "restored": .int(restored), "suppressed": .int(onTheList),
        "suppressed_by": .array(
          suppressed.map {
            ["reason": .string($0.reason), "source": .string($0.source), "messages": .int($0.messages)]
          }),
        "by_reason": .array(failures.map { ["reason": .string($0.reason), "messages": .int($0.messages)] }),
      ])
    }
  }
}
