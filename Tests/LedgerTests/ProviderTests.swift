import Campaign
import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

/// What a provider's refusals do to the ledger: holds, doubts, rests, and turns.
@Suite struct ProviderTests {
  private func hold(_ messages: [Int], of look: RulesStage.Look, _ stage: RulesStage, doubt: String? = nil) throws {
    let (batch, rows) = Batch.settle(
      messages.map {
        Settlement(
          message: $0, claim: look.id, verdict: .outcome(.held("550 5.7.1 to ada@acme.test: no", seconds: 60)),
          doubt: doubt.map {
            Settlement.Doubt(
              word: $0, fingerprint: "550 5.7.1 no", times: 1, since: Date().timeIntervalSince1970)
          })
      })
    try stage.connection().perform(batch, patience: 10)
    try #require(rows.values.count == messages.count)
  }

  /// What becomes of pending messages when what was held against them is believed.
  private func believe(_ messages: [Int], _ outcome: Outcome, _ stage: RulesStage) throws -> [String] {
    let (batch, rows) = Batch.settle(
      messages.map { Settlement(message: $0, claim: nil, verdict: .outcome(outcome)) })
    try stage.connection().perform(batch, patience: 10)
    return rows.values.map(\.becomes)
  }

  /// A lead that pays for a provider's quota with its attempts is lost; one that is first again for ever stops the others.
  @Test("A held message is pending without an attempt or a place in the cap, and behind the others")
  func held() async throws {
    let stage = try await RulesStage(leads: 4, sender: "daily_cap = 10, time_zone = 'UTC'")
    let first = try stage.claim(1)
    try hold(first.taken, of: first, stage)
    #expect(
      try await stage.sql(
        "select status, attempt, held_by, not_before is not null, failure_reason from messages order by id limit 1")
        == ["pending|0|provider|t|550 5.7.1 to ada@acme.test: no"])
    #expect(try await stage.charged() == ["2026-05-04|0"])
    #expect(try await stage.sql("select times from held_refusals") == ["1"])
    // For its time it is not there, and then it is the last.
    let next = try stage.claim(1, plus: 30)
    #expect(next.taken.count == 1 && next.taken != first.taken)
    try stage.settle(next.taken, of: next, .accepted(providerID: nil), plus: 30)
    let last = try stage.claim(plus: 61).taken
    #expect(last.count == 3 && last.last == first.taken[0])
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// Told again, because a COMMIT was not answered, it must not cost a second attempt; and what another tick has claimed
  /// meanwhile is settled by what becomes of that.
  @Test("A doubt is settled once, without sending again, and only while its message is pending")
  func doubts() async throws {
    let stage = try await RulesStage(leads: 4, steps: [0, 1])
    let look = try stage.claim()
    try hold([look.taken[0], look.taken[1]], of: look, stage, doubt: "refused")
    try hold([look.taken[2]], of: look, stage, doubt: "deferred")
    try hold([look.taken[3]], of: look, stage)
    #expect(try believe([look.taken[0]], .refused("550 no"), stage) == ["failed"])
    #expect(try believe([look.taken[0]], .refused("550 no"), stage) == [])
    #expect(
      try await stage.sql(
        "select status, attempt, failure_reason, skip_reason from messages where lead_id = (select lead_id from messages where id = \(look.taken[0])) order by step_number"
      ) == ["failed|1|550 no|", "skipped|0||step 1 failed"])
    // Another word than that of the doubt, and no doubt at all.
    #expect(try believe([look.taken[2]], .refused("550 no"), stage) == [])
    #expect(try believe([look.taken[3]], .refused("550 no"), stage) == [])
    #expect(try believe([look.taken[2]], .deferred("450 later"), stage) == ["pending"])
    #expect(
      try await stage.sql(
        "select attempt, held_by is null, scheduled_for > '\(RulesStage.noon)'::timestamptz + interval '50 minutes' from messages where id = \(look.taken[2])"
      ) == ["1|t|t"])
    // Claimed again: its own answer counts.
    let again = try stage.claim(plus: 61)
    #expect(again.taken.contains(look.taken[1]))
    #expect(try believe([look.taken[1]], .refused("550 no"), stage) == [])
    try stage.settle([look.taken[1]], of: again, .accepted(providerID: nil), plus: 61)
    #expect(try await stage.sql("select message_id from held_refusals").contains("\(look.taken[1])") == false)
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// A message that is refused for now in believed words has its retries like any other.
  @Test("A deferral that is believed counts as an attempt, and the last one fails the message")
  func deferral() async throws {
    let stage = try await RulesStage(leads: 1, retryTimes: 1)
    var look = try stage.claim()
    try hold(look.taken, of: look, stage, doubt: "deferred")
    #expect(try believe(look.taken, .deferred("450 later"), stage) == ["pending"])
    #expect(try stage.claim(plus: 3000).taken == [])
    look = try stage.claim(plus: 3700)
    try hold(look.taken, of: look, stage, doubt: "deferred")
    #expect(try believe(look.taken, .deferred("450 later"), stage) == ["failed"])
    #expect(try await stage.sql("select attempt from messages") == ["2"])
  }

  /// Asked each minute a provider locks the account; asked once a day the campaign stands still for a day.
  @Test("Each rest that has not helped is followed by one twice as long; many refusals at once are one rest")
  func rests() async throws {
    let stage = try await RulesStage(leads: 3)
    let sender = try await stage.sql("select id from senders")[0]
    func rest(plus seconds: Double, first: Double = 300, most: Double = 1000, isFirstFree: Bool = false) throws -> Int {
      try stage.connection(plus: seconds).transaction { transaction in
        Int(
          try transaction.one(
            RestSender(sender: sender, trouble: "no", first: first, most: most, isFirstFree: isFirstFree)
          ).seconds.rounded())
      }
    }
    #expect(try rest(plus: 0) == 300)
    #expect(abs(try rest(plus: 10) - 300) <= 2, "the same rest, said a little later")
    #expect(try stage.claim(plus: 200).taken == [])
    #expect(abs((try stage.claim(plus: 200).room?.wait ?? 0) - 110) < 3)
    #expect(try rest(plus: 400) == 600)
    #expect(try rest(plus: 1100) == 1000)
    // One probe at a time, over all ticks.
    let probe = try stage.claim(plus: 2200)
    #expect(probe.taken.count == 1)
    #expect(try stage.claim(plus: 2200).taken == [])
    try stage.settle(probe.taken, of: probe, .accepted(providerID: nil), plus: 2200)
    try stage.connection(plus: 2200).transaction { transaction in
      _ = try transaction.run(SetSenderTrouble(sender: sender, trouble: nil))
    }
    #expect(try stage.claim(plus: 2200).taken.count == 2)
    #expect(try rest(plus: 3000, isFirstFree: true) == 0)
    #expect(try rest(plus: 3001, isFirstFree: true) == 300)
    #expect(try rest(plus: 3400, isFirstFree: true) == 600)
  }

  /// A receiver that has had enough of us gets nothing for a while, and the others go on.
  @Test("A domain that takes nothing rests, twice as long each time, until it has accepted one")
  func domains() async throws {
    let stage = try await RulesStage(leads: 4)
    func refuse(_ messages: [Int], of look: RulesStage.Look, plus seconds: Double) throws {
      let (batch, _) = Batch.settle(
        messages.map {
          Settlement(
            message: $0, claim: look.id, verdict: .outcome(.held("450 4.7.1 no", seconds: 1)), about: .domain)
        })
      try stage.connection(plus: seconds).perform(batch, patience: 10)
    }
    func rest(from seconds: Double) async throws -> String {
      try await stage.sql(
        "select round(extract(epoch from dead_until - '\(RulesStage.noon)'::timestamptz - '\(seconds) s'::interval) / 60) from sender_domains"
      )[0]
    }
    var look = try stage.claim(2)
    try refuse(look.taken, of: look, plus: 0)
    #expect(try await rest(from: 0) == "5")
    #expect(try stage.claim(plus: 200).taken == [])
    look = try stage.claim(plus: 400)
    #expect(look.taken.count == 1, "it begins with one")
    try refuse(look.taken, of: look, plus: 400)
    #expect(try await rest(from: 400) == "10")
    look = try stage.claim(plus: 2000)
    #expect(look.taken.count == 1)
    try stage.settle(look.taken, of: look, .accepted(providerID: nil), plus: 2000)
    #expect(try await stage.sql("select dead_until is null, rests from sender_domains") == ["t|0"])
  }

  /// With a cap of 50 a day and 10,000 leads the second step of day 1 would go out after 200 days.
  @Test(
    "Under a cap follow-ups go before first steps, or behind them where the campaign says so", arguments: [true, false])
  func order(followUpsFirst: Bool) async throws {
    let stage = try await RulesStage(
      leads: 8, steps: [0, 1], sender: "daily_cap = 3, time_zone = 'UTC'",
      campaign: followUpsFirst ? "min_gap = '0'" : "send_order = 'first_steps_first'")
    let first = try stage.claim()
    try stage.settle(first.taken, of: first, .accepted(providerID: nil))
    let tomorrow = try stage.claim(at: "2026-05-05T12:00:00Z")
    let steps = try await stage.sql(
      "select step_number from messages where id in (\(tomorrow.taken.map(String.init).joined(separator: ",")))")
    #expect(Set(steps) == [followUpsFirst ? "2" : "1"])
    #expect(steps.count == 3)
  }

  /// With one message to a tick the campaign that had started first sent twelve, and the other none.
  @Test("Of several campaigns of a paced sender the one that was served least recently is next")
  func turns() async throws {
    let stage = try await RulesStage(["spring", "autumn", "winter"], leads: 3)
    // One sender for all.
    try await stage.workspace.sql(
      """
      update messages set sender_id = s.id from senders s where s.name = 'spring-mail';
      update campaigns set sender_ids = array[s.id] from senders s where s.name = 'spring-mail';
      update senders set pace_count = 1, pace_period = '1 minute';
      """)
    let sender = try await stage.sql("select id from senders where name = 'spring-mail'")[0]
    var turns: [String] = []
    for minute in 0..<6 {
      let connection = try stage.connection(plus: Double(minute) * 70)
      let work = try connection.transaction { transaction in try transaction.run(LoadWork()) }
      let next = try #require(work.first)
      turns.append(next.campaignName)
      let id = newClaimID()
      let claim = Batch.claim(
        id, campaign: next.campaign, barrier: next.barrier, sender: sender, lease: 60, limit: 1)
      try connection.perform(claim.batch, patience: 10)
      try #require(claim.messages.values.count == 1)
      let (batch, _) = Batch.settle([
        Settlement(
          message: claim.messages.values[0].id, claim: id, verdict: .outcome(.accepted(providerID: nil)))
      ])
      try connection.perform(batch, patience: 10)
    }
    #expect(Dictionary(grouping: turns, by: { $0 }).mapValues(\.count) == ["spring": 2, "autumn": 2, "winter": 2])
    #expect(Set(turns.prefix(3)).count == 3)
  }
}
