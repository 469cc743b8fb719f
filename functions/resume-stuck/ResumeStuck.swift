import Function
import Ledger
import Postgres

@main
struct ResumeStuck: Function {
  static let manual = Manual(
    "resume-stuck", "settles what a crash left behind, and says what it found",
    discussion: """
      A message that is `sending` past its deadline belongs to a tick that died. A mail server cannot be asked
      what became of it, so it becomes unknown: shown to a person, and never sent again unless its campaign
      says `on_unknown: resend`. Messages that were not claimed are not touched: they are pending, and the next
      tick sends them. Every tick does this first, so nobody has to call it.

      Prints what was found, campaign by campaign.
      """)

  static func run(_ call: Call) throws -> Report {
    let recovery = try call.database().recover()
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
    ])
  }
}
