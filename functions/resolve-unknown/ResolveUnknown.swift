import Campaign
import Function
import Ledger
import Postgres
import Steps

@main
struct ResolveUnknown: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")
  static let message = Argument<Int?>.optional(
    "message", .option, .integer(1...Int.max), "only this message (its id); otherwise all that are unknown")
  static let asSent = Argument.flag("as-sent", "they did arrive")
  static let asFailed = Argument.flag("as-failed", "they did not arrive, and are not sent again")
  static let resend = Argument.flag("resend", "sends them again; a lead may get a message twice")

  static let manual = Manual(
    "resolve-unknown", "a person settles messages whose fate is unknown",
    discussion: """
      Lists the messages of a campaign of which nobody knows whether they arrived; with one of --as-sent,
      --as-failed and --resend it settles them. Look into the mail server's log, or ask the lead, first: what
      is sent again may arrive twice.

      A campaign that was complete is paused when messages of it are sent again: it takes its batches again, or
      is refused with who has them, and goes on with resume-campaign. Where nothing is unknown, nothing is
      changed. What is decided is in the timeline.
      """,
    arguments: [
      name.declaration, message.declaration, asSent.declaration, asFailed.declaration, resend.declaration,
    ] + Change.arguments,
    exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let (name, message) = (call[name], call[message])
    let (asSent, asFailed, resend) = (call[asSent], call[asFailed], call[resend])
    guard [asSent, asFailed, resend].count(where: { $0 }) <= 1 else {
      throw Failure(.usage, "--as-sent, --as-failed and --resend exclude each other")
    }
    let database = try call.database()
    return try database.change(name, actor: call.actor(), reason: call[Change.reason]) {
      campaign, transaction in
      let unknown = try transaction.run(ListUnknownMessages(campaign: campaign.id, message: message))
      if let message, unknown.isEmpty {
        throw Failure(.noSuchThing, "the campaign \"\(name)\" has no unknown message \(message)")
      }
      var decision: String?
      var status = campaign.status
      if asSent || asFailed {
        decision = asSent ? "as-sent" : "as-failed"
        try settle(asSent ? lastAttempts(unknown) : unknown, asSent ? "accepted" : "refused", transaction)
      } else if resend {
        decision = "resend"
        try campaign.mustTakeBack(name)
        let resent = try transaction.one(ResendMessages(campaign: campaign.id, message: message))
        status = try transaction.reopen(campaign, moved: resent.moved)
      }
      let ids = Set(unknown.map(\.id)).sorted()
      if decision != nil, ids.isEmpty { call.log.notice("nothing of the campaign is unknown; nothing was changed") }
      if let decision, !ids.isEmpty {
        let detail: JSON = ["resolve-unknown": .string(decision), "messages": .array(ids.map { .int($0) })]
        try transaction.run(
          NoteEvent(campaign: campaign.id, detail: String(decoding: detail.encoded(), as: UTF8.self)))
      }
      return Report([
        "name": .string(name), "status": .string(status), "resolved": .int(decision == nil ? 0 : ids.count),
        "decision": JSON(decision),
        "messages": .array(unknown.map(\.json)),
      ])
    }
  }

  /// A message that arrived arrived once, as far as anybody says: by its last attempt.
  private static func lastAttempts(_ unknown: [ListUnknownMessages.Row]) -> [ListUnknownMessages.Row] {
    unknown.indices.filter { $0 + 1 == unknown.count || unknown[$0 + 1].id != unknown[$0].id }.map { unknown[$0] }
  }

  /// What a person says counts as evidence of these attempts.
  private static func settle(
    _ unknown: [ListUnknownMessages.Row], _ outcome: String, _ transaction: borrowing Transaction
  ) throws {
    try transaction.run(LockForSettlement(messages: unknown.map(\.id)))
    for attempt in unknown {
      let reason = outcome == "refused" ? "a person says that it did not arrive" : nil
      try transaction.run(
        SettleLateOutcome(
          message: attempt.id, claim: attempt.claim, outcome: outcome, providerID: nil, reason: reason))
    }
  }
}

extension ListUnknownMessages.Row {
  fileprivate var json: JSON {
    [
      "id": .int(id), "step_number": .int(step), "channel": .string(channel), "address": JSON(address),
      "attempts": .int(attempts), "unknown_since": .string(since), "reason": JSON(reason),
    ]
  }
}
