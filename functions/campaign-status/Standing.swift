import Function
import Steps

/// Where one campaign stands.
struct Standing {
  let campaign: LoadCampaigns.Row
  let steps: [LoadCampaignSteps.Row]
  let holds: [ListHolds.Row]
  let events: [ListEvents.Row]?

  var json: JSON {
    guard let events else { return .object(standing) }
    let timeline = events.map { event in
      JSON.object([
        ("at", .string(event.at)), ("was", JSON(event.was)), ("becomes", .string(event.becomes)),
        ("by", .string(event.actor)), ("reason", JSON(event.reason)), ("detail", detail(of: event)),
      ])
    }
    return .object(standing + [("timeline", .array(timeline))])
  }

  private func detail(of event: ListEvents.Row) -> JSON {
    guard let text = event.detail, let value = try? JSON(parsing: Array(text.utf8)) else { return .null }
    return value
  }

  private var standing: [(String, JSON)] {
    [
      ("name", .string(campaign.name)), ("type", .string(campaign.type)), ("status", .string(campaign.status)),
      ("reason", JSON(reason)), ("leads", .int(campaign.leads)), ("messages", messages(steps)),
      (
        "steps",
        .array(
          steps.map { step in
            [
              "step_number": .int(step.step), "template": .string(step.template), "channel": .string(step.channel),
              "messages": messages([step]),
            ]
          })
      ),
      ("next_due", JSON(campaign.nextDue)), ("held_by", heldBy), ("started_at", JSON(campaign.startedAt)),
      ("completed_at", JSON(campaign.completedAt)),
    ]
  }

  /// Why it is not sending, in words; nil while it is.
  private var reason: String? {
    let sending = steps.reduce(0) { $0 + $1.sending }
    switch campaign.status {
    case "draft": return "not started yet: start-campaign \(campaign.name)"
    case "paused": return "paused since \(campaign.pausedAt ?? "some time")"
    case "failed": return campaign.failureReason ?? "failed"
    case "completed": return "completed at \(campaign.completedAt ?? "some time")"
    case "cancelled": return "cancelled"
    case "scheduled":
      return holds.first.flatMap { hold in hold.reason.map { "it could not be started: \($0)" } }
        ?? "it starts at \(campaign.nextDue ?? "the next tick")"
    case "running":
      if campaign.isSending { return nil }
      let troubles = holds.filter { $0.rule == "sender" }.map { "sender \"\($0.sender ?? "")\": \($0.reason ?? "")" }
      if !troubles.isEmpty { return "it cannot send: \(troubles.joined(separator: "; "))" }
      if let hold = holds.first { return waiting(for: hold) }
      if sending > 0 { return "a tick has died and left messages that are out: the next one recovers them" }
      if campaign.isDue { return "messages are due: they wait for the next tick" }
      if let nextDue = campaign.nextDue { return "the next message is due at \(nextDue)" }
      return nil
    default: return campaign.status
    }
  }

  private var heldBy: JSON {
    .array(
      holds.map { hold in
        [
          "rule": .string(hold.rule), "sender": JSON(hold.sender), "until": JSON(hold.until),
          "reason": JSON(hold.reason),
        ]
      })
  }

  private func waiting(for hold: ListHolds.Row) -> String {
    let sender = hold.sender.map { " of the sender \"\($0)\"" } ?? ""
    let until = hold.until.map { ", until \($0)" } ?? ""
    let reason = hold.reason.map { ": \($0)" } ?? ""
    switch hold.rule {
    case "window": return hold.reason.map { "its window never opens: \($0)" } ?? "it waits for its window\(until)"
    case "time_zone": return "it cannot send\(sender)\(reason)"
    case "provider":
      return hold.until == nil
        ? "the mail server\(sender) refused the last message, and is asked again with one\(reason)"
        : "the mail server\(sender) refuses to take more for now\(until)\(reason)"
    case "daily_cap": return "the daily cap\(sender) is used up\(until)"
    case "warm_up": return "the cap\(sender), which is warming up, is used up\(until)"
    case "pace": return "the next message waits for the pace\(sender)\(until)"
    case "min_gap": return "its leads were contacted by another campaign\(until)"
    case "domain": return "the receiving domain takes no more for now\(until)"
    default: return "it waits for \(hold.rule)\(until)"
    }
  }

  private func messages(_ steps: [LoadCampaignSteps.Row]) -> JSON {
    func sum(_ state: KeyPath<LoadCampaignSteps.Row, Int>) -> JSON {
      .int(steps.reduce(0) { $0 + $1[keyPath: state] })
    }
    return [
      "pending": sum(\.pending), "sending": sum(\.sending), "sent": sum(\.sent), "failed": sum(\.failed),
      "skipped": sum(\.skipped), "cancelled": sum(\.cancelled), "unknown": sum(\.unknown),
    ]
  }
}
