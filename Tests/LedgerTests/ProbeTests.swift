import Campaign
import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

/// Which message a sender in trouble probes with, and what becomes of a doubt in the cap and in one batch.
@Suite struct ProbeTests {
  private func held(_ message: Int, _ claim: String, doubt: String?) -> Settlement {
    Settlement(
      message: message, claim: claim, verdict: .outcome(.held("550 5.1.1 no", seconds: 1)),
      doubt: Settlement.Doubt(word: doubt, fingerprint: "550 5.1.1 no", times: 1, since: 0))
  }

  /// A few follow-ups that nobody takes would be every probe for ever, and the first steps of all others would wait.
  @Test("A sender in trouble probes with who has waited longest, be it a follow-up or not")
  func probes() async throws {
    let stage = try await RulesStage(leads: 3, steps: [0, 0])
    let sender = try await stage.sql("select id from senders")[0]
    var look = try stage.claim(1)
    try stage.settle(look.taken, of: look, .accepted(providerID: nil))
    // Follow-ups go first: this is the second step of the same lead.
    look = try stage.claim(1, plus: 5)
    let followUp = look.taken
    #expect(try await stage.sql("select step_number from messages where id = \(followUp[0])") == ["2"])
    let (batch, _) = Batch.settle([held(followUp[0], look.id, doubt: nil)])
    try stage.connection(plus: 5).perform(batch, patience: 10)
    try stage.connection(plus: 5).transaction { transaction in
      _ = try transaction.one(
        RestSender(sender: sender, trouble: "no", first: 5, most: 900, isFirstFree: false))
    }
    let probe = try stage.claim(1, plus: 60)
    #expect(try await stage.sql("select step_number from messages where id = \(probe.taken[0])") == ["1"])
    #expect(try await stage.sql("select count(*) from campaign_turns") == ["1"])
  }

  /// Believed on a day whose cap is used up, it would be one attempt more than the cap; and the tick may say of a message
  /// that it is held and that this is settled in one breath.
  @Test("A doubt that may fail its message keeps its place in the cap, and is recorded beside what is believed of it")
  func doubts() async throws {
    let stage = try await RulesStage(leads: 3, sender: "daily_cap = 10, time_zone = 'UTC'")
    let look = try stage.claim(2)
    let (batch, rows) = Batch.settle([
      held(look.taken[0], look.id, doubt: "refused"),
      Settlement(message: look.taken[0], claim: nil, verdict: .outcome(.refused("550 5.1.1 no"))),
      held(look.taken[1], look.id, doubt: "deferred"),
    ])
    try stage.connection().perform(batch, patience: 10)
    #expect(rows.values.count == 2)
    #expect(try await stage.charged() == ["2026-05-04|1"])
    let (belief, _) = Batch.settle([
      Settlement(message: look.taken[0], claim: nil, verdict: .outcome(.refused("550 5.1.1 no")))
    ])
    try stage.connection(plus: 90_000).perform(belief, patience: 10)
    #expect(try await stage.charged() == ["2026-05-04|1"])
    #expect(
      try await stage.sql(
        "select status, failed_at < '\(RulesStage.noon)'::timestamptz + interval '1 minute' from messages where id = \(look.taken[0])"
      ) == ["failed|t"])
  }
}
