import Campaign
import Ledger
import Postgres
import Steps
import Support
import Testing

/// A started campaign, and two hands that work on it statement by statement.
private struct Stage {
  let workspace: Workspace
  let campaign: String
  let sender: String
  let barrier: Int

  init(leads: Int = 4, steps: [Int] = [0], lease: Double = 60, onUnknown: String = "hold", retryTimes: Int = 3)
    async throws
  {
    workspace = try await Workspace()
    try await workspace.seed(
      port: 1, leads: leads, steps: steps, lease: lease, timeout: lease / 2, retryTimes: retryTimes,
      onUnknown: onUnknown)
    let started = try await workspace.run("start-campaign", ["spring"])
    try #require(started.exit == 0, "\(started.errors)")
    let row = try await workspace.sql("select c.id, c.number, c.sender_ids[1] from campaigns c")[0].split(
      separator: "|")
    campaign = String(row[0])
    barrier = Int(row[1]) ?? 0
    sender = String(row[2])
  }

  func connection() throws -> Connection {
    try Connection(url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
  }

  func claim(_ limit: Int, as id: String = newClaimID(), on connection: Connection) throws -> [ClaimMessages.Row] {
    let claim = Batch.claim(
      id, campaign: campaign, barrier: barrier, sender: sender, lease: 60, limit: limit)
    try connection.perform(claim.batch, patience: 10)
    return claim.messages.values
  }

  @discardableResult
  func settle(_ message: Int, _ claim: String, _ outcome: Outcome, on connection: Connection) throws -> [String] {
    let (batch, rows) = Batch.settle([Settlement(message: message, claim: claim, verdict: .outcome(outcome))])
    try connection.perform(batch, patience: 10)
    return rows.values.map(\.becomes)
  }

  @discardableResult
  func settleLate(_ message: Int, _ claim: String, _ outcome: Outcome, on connection: Connection) throws -> [String] {
    let settlement = Settlement(message: message, claim: claim, verdict: .outcome(outcome))
    guard let (batch, rows) = Batch.settleLate(settlement) else { return [] }
    try connection.perform(batch, patience: 10)
    return rows.values.map(\.becomes)
  }

  func message(_ id: Int) async throws -> String {
    try await workspace.sql("select status, attempt, times_accepted from messages where id = \(id)")[0]
  }

  /// Makes the deadline of everything that is claimed pass.
  func expire() async throws {
    try await workspace.sql(
      "update messages set deadline = clock_timestamp() - interval '1 second' where deadline is not null")
  }
}

@Suite struct ProtocolTests {
  /// A COMMIT that was not answered is settled again: the second time must change nothing, in whatever state.
  @Test(
    "A settlement that is sent twice changes nothing the second time",
    arguments: [Outcome.accepted(providerID: "x"), .refused("550"), .deferred("450"), .unknown("gone"), .returned(nil)])
  func repeated(outcome: Outcome) async throws {
    let stage = try await Stage()
    let database = try stage.connection()
    let claim = newClaimID()
    let message = try stage.claim(1, as: claim, on: database)[0].id
    #expect(try stage.settle(message, claim, outcome, on: database).count == 1)
    let before = try await stage.workspace.sql("select * from messages order by id; select * from leads order by id")
    #expect(try stage.settle(message, claim, outcome, on: database).isEmpty)
    #expect(try stage.settleLate(message, claim, outcome, on: database).isEmpty)
    #expect(
      try await stage.workspace.sql("select * from messages order by id; select * from leads order by id") == before)
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// Without the fence, the settlement of a tick that was given up would overwrite what came after it.
  @Test("A settlement under a claim that is gone does not move the message")
  func fence() async throws {
    let stage = try await Stage(onUnknown: "resend")
    let database = try stage.connection()
    let (first, second) = (newClaimID(), newClaimID())
    let message = try stage.claim(1, as: first, on: database)[0].id
    try await stage.expire()
    _ = try database.recover()
    #expect(try await stage.message(message) == "pending|1|0")
    try await stage.workspace.sql("update messages set not_before = null where not_before < 'infinity'")
    #expect(try stage.claim(10, as: second, on: database).contains { $0.id == message })
    for outcome in [Outcome.refused("550"), .deferred("450"), .unknown("gone"), .returned(nil)] {
      #expect(try stage.settle(message, first, outcome, on: database).isEmpty)
    }
    #expect(try await stage.message(message) == "sending|2|0")
  }

  /// The mail is in the lead's inbox: whatever the ledger believes, it was sent.
  @Test("A late acceptance wins over unknown, and the counters follow")
  func lateAcceptance() async throws {
    let stage = try await Stage(leads: 1)
    let database = try stage.connection()
    let claim = newClaimID()
    let message = try stage.claim(1, as: claim, on: database)[0].id
    try await stage.expire()
    #expect(try database.recover().completed == ["spring"])
    #expect(try await stage.message(message) == "unknown|1|0")
    #expect(try stage.settle(message, claim, .accepted(providerID: "x"), on: database).isEmpty)
    #expect(try stage.settleLate(message, claim, .accepted(providerID: "x"), on: database) == ["sent"])
    #expect(try await stage.message(message) == "sent|1|1")
    #expect(try await stage.workspace.sql("select status, emails_sent from leads") == ["contacted|1"])
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// A resend and its overtaken first attempt may both have arrived: that is shown, not hidden.
  @Test("A message accepted under two claims is shown as sent twice", arguments: [true, false])
  func sentTwice(lateComesFirst: Bool) async throws {
    let stage = try await Stage(leads: 1, onUnknown: "resend")
    let database = try stage.connection()
    let (first, second) = (newClaimID(), newClaimID())
    let message = try stage.claim(1, as: first, on: database)[0].id
    try await stage.expire()
    _ = try database.recover()
    try await stage.workspace.sql("update messages set not_before = null")
    #expect(try stage.claim(1, as: second, on: database).count == 1)
    func late(_ claim: String) throws {
      if try stage.settle(message, claim, .accepted(providerID: nil), on: database).isEmpty {
        try stage.settleLate(message, claim, .accepted(providerID: nil), on: database)
      }
    }
    try late(lateComesFirst ? first : second)
    #expect(try await stage.message(message) == "sent|2|1")
    try late(lateComesFirst ? second : first)
    #expect(try await stage.message(message) == "sent|2|2")
    try late(first)
    try late(second)
    #expect(try await stage.message(message) == "sent|2|2")
    #expect(try await stage.workspace.wrongCounters() == [])
    #expect(try await stage.workspace.sql("select status from campaigns") == ["completed"])
  }

  /// The attempt before may have arrived: `failed` would say that nothing did.
  @Test(
    "A final refusal after an attempt that is unaccounted for is unknown, and failed once that one is accounted for")
  func refusedAfterUnknown() async throws {
    let stage = try await Stage(leads: 1, onUnknown: "resend")
    let database = try stage.connection()
    let (first, second) = (newClaimID(), newClaimID())
    let message = try stage.claim(1, as: first, on: database)[0].id
    try await stage.expire()
    _ = try database.recover()
    try await stage.workspace.sql("update messages set not_before = null")
    _ = try stage.claim(1, as: second, on: database)
    #expect(try stage.settle(message, second, .refused("550 5.1.1"), on: database) == ["unknown"])
    #expect(try stage.settleLate(message, first, .refused("550 5.1.1"), on: database) == ["failed"])
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// Two ticks that recover the same message, or a recovery and a settlement, must move it once.
  @Test("Recovery and settlement move a message once, in either order", arguments: [true, false])
  func recovery(settlementFirst: Bool) async throws {
    let stage = try await Stage(leads: 1)
    let (ticking, recovering) = (try stage.connection(), try stage.connection())
    let claim = newClaimID()
    let message = try stage.claim(1, as: claim, on: ticking)[0].id
    try await stage.expire()
    if settlementFirst {
      #expect(try stage.settle(message, claim, .accepted(providerID: nil), on: ticking) == ["sent"])
      #expect(try recovering.recover().total == 0)
    } else {
      #expect(try recovering.recover().total == 1)
      #expect(try recovering.recover().total == 0)
      #expect(try stage.settle(message, claim, .accepted(providerID: nil), on: ticking).isEmpty)
    }
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// A pause that is under way holds the barrier: what is claimed in spite of it would be sent after the pause answered.
  @Test("Nothing is claimed while the barrier is held, nor from a campaign that is not running")
  func barrier() async throws {
    let stage = try await Stage()
    let (pausing, ticking) = (try stage.connection(), try stage.connection())
    try pausing.transaction { transaction in
      try transaction.run(HoldBarrier(barrier: stage.barrier))
      #expect(try stage.claim(4, on: ticking).isEmpty)
    }
    #expect(try stage.claim(1, on: ticking).count == 1)
    try await stage.workspace.sql("update campaigns set status = 'paused', paused_at = clock()")
    #expect(try stage.claim(4, on: ticking).isEmpty)
  }

  /// Both claims see the same due rows; each message must go to one of them.
  @Test("Two claims at once take different messages, and neither waits for the other")
  func claims() async throws {
    let stage = try await Stage(leads: 4)
    let (one, other) = (try stage.connection(), try stage.connection())
    let (first, second) = (newClaimID(), newClaimID())
    try one.transaction { transaction in
      try transaction.run(TryBarrier(barrier: stage.barrier))
      try transaction.run(LockDueLeads(campaign: stage.campaign, sender: stage.sender, limit: 2, scan: 0))
      #expect(try stage.claim(3, as: second, on: other).count == 2)
      #expect(try transaction.run(ClaimMessages(claim: first, lease: 60)).count == 2)
    }
    #expect(try await stage.workspace.sql("select count(*) from messages group by claim_id order by 1") == ["2", "2"])
  }

  /// A lead who said no, or whom a person marked, gets nothing more, and the ledger says why.
  @Test(
    "A lead that must not be contacted is skipped with the reason",
    arguments: ["not_interested", "converted", "invalid", "replied", "unsubscribed"])
  func leadStates(status: String) async throws {
    let stage = try await Stage(leads: 1, steps: [0, 1])
    let database = try stage.connection()
    try await stage.workspace.sql("update leads set status = '\(status)'")
    let rows = try stage.claim(4, on: database)
    #expect(rows.map(\.skipReason) == ["the lead is \(status)"])
    #expect(try await stage.message(rows[0].id) == "pending|0|0")
    let (batch, _) = Batch.settle(
      rows.map { Settlement(message: $0.id, claim: nil, verdict: .skipped($0.skipReason ?? "")) })
    try database.perform(batch, patience: 10)
    #expect(
      try await stage.workspace.sql("select step_number, status, skip_reason, not_before from messages order by 1")
        == ["1|skipped|the lead is \(status)|", "2|pending||"])
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// A crash between claim and settlement may strand messages for one lease, not longer; and never the whole claim.
  @Test("A claim that was not answered is given back by its id")
  func giveBack() async throws {
    let stage = try await Stage()
    let database = try stage.connection()
    let claim = newClaimID()
    _ = try stage.claim(3, as: claim, on: database)
    let found = try database.transaction { transaction in try transaction.run(FindClaimedMessages(claims: [claim])) }
    #expect(found.count == 3)
    for row in found { try stage.settle(row.id, row.claim, .returned(nil), on: database) }
    #expect(try await stage.workspace.sql("select distinct status, attempt, deadline from messages") == ["pending|0|"])
  }

  /// An operator sends again in the morning what was unknown over night; by then step 2 is due as well, and both would go
  /// out in the same second.
  @Test("A step that is sent again goes before the steps behind it", arguments: [false, true])
  func resendOrder(areBothUnknown: Bool) async throws {
    let stage = try await Stage(leads: 1, steps: [0, 0])
    let database = try stage.connection()
    for _ in 0..<(areBothUnknown ? 2 : 1) {
      let claim = newClaimID()
      let message = try stage.claim(1, as: claim, on: database)[0].id
      #expect(try stage.settle(message, claim, .unknown("gone"), on: database) == ["unknown"])
      try await stage.workspace.sql("update messages set deadline = null")
    }
    let ran = try await stage.workspace.run("resolve-unknown", ["spring", "--resend"])
    #expect(ran.exit == 0, "\(ran.errors)")
    if areBothUnknown { #expect(try await stage.workspace.run("resume-campaign", ["spring"]).exit == 0) }
    let claim = newClaimID()
    let again = try stage.claim(10, as: claim, on: database)
    #expect(again.map(\.step) == [1])
    #expect(try stage.settle(again[0].id, claim, .accepted(providerID: nil), on: database) == ["sent"])
    #expect(try stage.claim(10, on: database).map(\.step) == [2])
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// Between the statement that picks and the one that claims somebody else settles: what is claimed in spite of it is sent
  /// before its time, or although the ledger says that it was skipped.
  @Test(
    "A message that was skipped, deferred or held back since it was picked is not claimed",
    arguments: [
      "status = 'skipped', skip_reason = 'the lead has replied'", "scheduled_for = scheduled_for + interval '1 hour'",
      "not_before = 'infinity'",
    ])
  func changedSincePicked(change: String) async throws {
    let stage = try await Stage(leads: 1)
    let database = try stage.connection()
    try database.transaction { transaction in
      try transaction.run(TryBarrier(barrier: stage.barrier))
      let picked = try transaction.run(
        LockDueLeads(campaign: stage.campaign, sender: stage.sender, limit: 1, scan: 0))
      #expect(picked.first?.picked == 1)
      let other = try stage.connection()
      try other.transaction { transaction in
        try transaction.script(SQLText("change", Array("update messages set \(change)".utf8)))
      }
      #expect(try transaction.run(ClaimMessages(claim: newClaimID(), lease: 60)).isEmpty)
    }
    #expect(try await stage.workspace.sql("select count(*) from messages where status = 'sending'") == ["0"])
  }

  /// In a cancelled campaign nothing may become pending again: nobody would ever send it, nor say why.
  @Test(
    "What would return to pending in a cancelled campaign is cancelled",
    arguments: [Outcome.deferred("450"), .returned(nil)])
  func cancelled(outcome: Outcome) async throws {
    let stage = try await Stage(leads: 1)
    let database = try stage.connection()
    let claim = newClaimID()
    let message = try stage.claim(1, as: claim, on: database)[0].id
    try await stage.workspace.sql("update campaigns set status = 'cancelled', cancelled_at = clock()")
    #expect(try stage.settle(message, claim, outcome, on: database) == ["cancelled"])
  }
}
