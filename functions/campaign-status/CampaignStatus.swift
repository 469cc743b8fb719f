import Function
import Postgres
import Steps

@main
struct CampaignStatus: Function {
  static let name = Argument<String?>.optional("name", .positional, .text, "the campaign; without it, all of them")

  static let timeline = Argument.flag("timeline", "adds every change of its state: when, by whom, and why")

  static let manual = Manual(
    "campaign-status", "where a campaign stands, what is next, and why it is not sending",
    discussion: """
      Reads counters that are kept with every settlement; it costs the same for ten messages and ten million.

      Prints name, type, status, the reason in words when nothing is being sent, messages and steps by state,
      the time of the next message (next_due), and what holds the campaign back (held_by: the rule, the sender
      that it is for, and until when). The rules are sender (it cannot send), provider (its mail server refuses
      to take more for now, in its own words, or a refusal waits until others have told whether it is to be
      believed), time_zone (it is not known to the database), start_at, window, daily_cap, warm_up, pace,
      min_gap, domain and deadline (a resend waits for the end of the first attempt). Without a
      name: {"campaigns": [...]} of all campaigns.
      """,
    arguments: [name.declaration, timeline.declaration], exits: [.noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let name = call[name]
    let database = try call.database()
    return try database.transaction { transaction in
      let campaigns = try transaction.run(LoadCampaigns(name: name))
      let steps = try transaction.run(LoadCampaignSteps(campaigns: campaigns.map(\.id)))
      let holds = try transaction.run(ListHolds(campaigns: campaigns.map(\.id)))
      let wantsTimeline = call[timeline]
      let standings = try campaigns.map { campaign in
        Standing(
          campaign: campaign, steps: steps.filter { $0.campaign == campaign.id },
          holds: holds.filter { $0.campaign == campaign.id },
          events: wantsTimeline ? try transaction.run(ListEvents(campaign: campaign.id)) : nil)
      }
      guard let name else { return Report(["campaigns": .array(standings.map(\.json))]) }
      guard let standing = standings.first else { throw Failure(.noSuchThing, "there is no campaign \"\(name)\"") }
      return Report(standing.json)
    }
  }
}
