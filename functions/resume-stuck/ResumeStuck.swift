import Function
import Ledger
import Postgres
import Steps

@main
struct ResumeStuck: Function {
  static let dryRun = Argument.flag("dry-run", "only says what it finds, up to a thousand messages")

  static let manual = Manual(
    "resume-stuck", "settles what a crash left behind, and says what it found",
    discussion: """
      A message that is `sending` past its deadline belongs to a tick that died. A mail server cannot be asked
      what became of it, so it becomes unknown: shown to a person, and never sent again unless its campaign
      says `on_unknown: resend`. Messages that were not claimed are not touched: they are pending, and the next
      tick sends them. Every tick does this first, so nobody has to call it.

      It also looks for campaigns that should have completed, or released their batches, and did not, and mends
      them. There should be none: each is a bug of Campanile, and logged as one.

      Prints what was found, campaign by campaign.
      """,
    arguments: [dryRun.declaration])

  static func run(_ call: Call) throws -> Report {
    let isDryRun = call[dryRun]
    let database = try call.database()
    let recovery = try isDryRun ? lookAround(database) : database.recover()
    let stranded = try database.mendCampaigns(dryRun: isDryRun)
    for campaign in stranded {
      call.log.error(
        "a bug of Campanile: a campaign was \(campaign.problem)", metadata: ["campaign": "\(campaign.name)"])
    }

    var campaigns: [String: [(String, JSON)]] = [:]
    for (find, count) in recovery.finds.sorted(by: { $0.key.becomes < $1.key.becomes }) {
      campaigns[find.campaign, default: []].append((find.becomes, .int(count)))
    }
    return Report([
      "recovered": .int(recovery.total),
      "campaigns": .array(
        campaigns.sorted { $0.key < $1.key }.map { name, states in
          JSON.object([("name", .string(name))] + states)
        }),
      "completed": .array(recovery.completed.map { .string($0) }),
      "mended": .array(stranded.map { ["name": .string($0.name), "problem": .string($0.problem)] }),
    ])
  }

  /// What a recovery would find; the messages are still `sending`.
  private static func lookAround(_ database: Connection) throws -> Recovery {
    let stuck = try database.transaction { transaction in try transaction.run(FindStuckMessages(limit: 1000)) }
    return Recovery(sending: stuck.map(\.campaignName))
  }
}
