import Campaign
import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

/// The plans of what every tick, claim, settlement, pause and look at a campaign sends, over a large ledger: whatever
/// the planner knows of it, they look at what they move and not at what waits behind it. Times are not tested here.
@Suite(.serialized, .largeLedger) struct PlanTests {
  func copy(_ statistics: Statistics) async throws -> LedgerCopy {
    try await #require(LargeLedger.current).copy(statistics)
  }

  /// A tick that reads the backlog to find what is due, or what has got stuck, is the slower the more waits: at ten
  /// million messages it spends its minute on that.
  @Test("A tick looks at what it moves, and not at what waits", arguments: Statistics.allCases)
  func tick(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    let server = try await SMTPServer()
    try await copy.workspace.sql(
      """
      update senders set url = 'smtp://127.0.0.1:\(server.port)', daily_cap = 40, time_zone = 'UTC'
      where name = 'big-mail';
      update messages set status = 'sending', claim_id = gen_random_uuid(), attempt = 1,
                          deadline = now() - interval '1 s'
      where id in (select m.id from messages m where m.campaign_id = '\(copy.big.id)' and m.status = 'pending'
                     and m.not_before is null order by m.id desc limit 5);
      update messages set not_before = now() where id in (
        select m.id from messages m where m.held_by = 'min_gap' order by m.id desc limit 5);
      update messages set deadline = now() - interval '1 s' where id in (
        select m.id from messages m where m.status = 'sent' order by m.id desc limit 5);
      """)
    let plans = try await copy.plans {
      let ran = try await copy.workspace.run("tick", ["--budget", "20"])
      #expect(ran.exit == 0, "\(ran.errors)")
      #expect(ran.json["sent"] as? Int == 40 && ran.json["recovered"] as? Int == 5, "\(ran.output)")
    }
    expectBounded(
      plans,
      of: [
        "look-around", "find-stuck-messages", "forget-passed-deadlines", "settle-messages",
        "wake-messages", "load-work", "load-templates", "lock-due-leads", "claim-messages",
      ], statistics, Limit(moved: 8))
  }

  /// There is a claim for every few messages: one that reads what waits behind them makes sending quadratic.
  @Test("A claim looks at what it claims, and not at what waits", arguments: Statistics.allCases)
  func claim(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    let plans = try await copy.plans {
      let database = try copy.connection()
      var place: Place?
      var claims: [String] = []
      for _ in 0..<4 {
        let (id, look) = try copy.claim(20, after: place, on: database)
        #expect(look.messages.values.count == 20)
        place = look.leads.values.first.flatMap { Place($0) }
        claims.append(id)
      }
      _ = try database.transaction { try $0.run(FindClaimedMessages(claims: claims)) }
    }
    expectBounded(
      plans, of: ["try-barrier", "lock-due-leads", "claim-messages", "find-claimed-messages"],
      statistics, Limit(moved: 20))
  }

  /// A claim looks at more than it may take where a rule holds messages back; without an end to that, a gap of a day
  /// for a hundred thousand leads would hold up everything else of the sender.
  @Test("A claim that a rule holds back looks at no more than it was told to", arguments: Statistics.allCases)
  func heldClaim(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    try await copy.workspace.sql(
      """
      update senders set pace_count = 100000, pace_period = '1 second' where name = 'big-mail';
      insert into sender_domains (sender_id, domain, concurrency)
      select s.id, n || '.test', 1 from senders s, generate_series(0, 49) n where s.name = 'big-mail';
      update leads l set touched_by = c.id, touched_at = now()
      from campaigns c where c.name = 'done' and l.email like '%@7_.test';
      update leads l set status = 'replied' where l.email like '%@8_.test';
      insert into suppressions (value, channel, reason, source)
      select l.email, 'email', 'asked', 'test' from leads l where l.email like '%@9_.test';
      """)
    let plans = try await copy.plans {
      let database = try copy.connection()
      let (_, look) = try copy.claim(20, scan: 100, on: database)
      let rows = look.messages.values
      #expect(rows.contains { $0.heldBy == "domain" } && rows.contains { $0.heldBy == "min_gap" })
      #expect(rows.contains { $0.skipReason?.hasPrefix("suppressed") == true })
    }
    expectBounded(plans, of: ["lock-due-leads", "claim-messages"], statistics, Limit(moved: 100))
  }

  /// A settlement is as frequent as a claim, and each outcome has a path of its own; the rare ones would be found
  /// slow by whoever first has ten million messages and a mail server that refuses some.
  @Test("A settlement looks at what it settles, whatever the outcome", arguments: Statistics.allCases)
  func settlement(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    let plans = try await copy.plans {
      let database = try copy.connection()
      let (claim, look) = try copy.claim(20, on: database)
      let messages = look.messages.values.map(\.id)
      let outcomes: [(Outcome, RefusalSubject?)] = [
        (.accepted(providerID: nil), nil), (.refused("550"), .address), (.refused("554"), nil),
        (.deferred("450"), .domain),
        (.returned(nil), nil), (.unknown("gone"), nil),
      ]
      for (index, (outcome, about)) in outcomes.enumerated() {
        let settlements = messages[3 * index..<3 * index + 3].map {
          Settlement(message: $0, claim: claim, verdict: .outcome(outcome), about: about)
        }
        let (batch, rows) = Batch.settle(settlements)
        try database.perform(batch)
        #expect(rows.values.count == 3)
      }
      let skipped = Batch.settle([Settlement(message: copy.waiting, claim: nil, verdict: .skipped("suppressed"))])
      try database.perform(skipped.0)
      #expect(skipped.1.values.count == 1)
      // The unknown ones, and then one of each late outcome.
      for (message, outcome) in zip(
        messages[15...], [Outcome.accepted(providerID: nil), .refused("550"), .deferred("450")])
      {
        let late = try #require(
          Batch.settleLate(Settlement(message: message, claim: claim, verdict: .outcome(outcome))))
        try database.perform(late.0)
        #expect(late.1.values.count == 1)
      }
    }
    expectBounded(
      plans, of: ["lock-for-settlement", "settle-messages", "settle-late-outcome"], statistics, Limit(moved: 20))
  }

  /// The campaign's row is locked meanwhile, and other settlements wait for it until mails that were accepted are late.
  @Test("A settlement that fails a campaign by its health looks at what has failed", arguments: Statistics.allCases)
  func health(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    let plans = try await copy.plans {
      let database = try copy.connection()
      let (claim, look) = try copy.claim(100, on: database)
      let (batch, rows) = Batch.settle(
        look.messages.values.map {
          Settlement(message: $0.id, claim: claim, verdict: .outcome(.refused("554 no")))
        })
      try database.perform(batch)
      #expect(rows.values.allSatisfy { $0.campaignStatus == "failed" } && rows.values.count == 100)
    }
    expectBounded(plans, of: ["settle-messages"], statistics, Limit(moved: 100))
  }

  /// DESIGN §1.4: they cost the same for ten messages and for ten million. Somebody waits for the answer of a pause
  /// while mails that should not leave go on leaving.
  @Test("A pause and a resume move no message, and look only at what is out", arguments: Statistics.allCases)
  func pause(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    _ = try copy.claim(8, on: try copy.connection())
    let plans = try await copy.plans {
      let paused = try await copy.workspace.run("pause-campaign", ["big", "--no-wait"])
      #expect(paused.exit == 0 && paused.json["still_out"] as? Int == 8, "\(paused.errors)")
      let resumed = try await copy.workspace.run("resume-campaign", ["big"])
      #expect(resumed.json["status"] as? String == "running", "\(resumed.errors)")
    }
    for plan in plans {
      let (name, pages) = (plan.statement, plan.pages(of: "messages"))
      #expect(!plan.root.all.contains { $0.operation != nil && $0.relation == "messages" }, "\(name) moves messages")
      // Eight are out: each by its id, and by the index of what is in flight.
      #expect(pages <= 60, "\(name) looks at \(pages) pages of messages")
    }
    expectBounded(
      plans, of: ["mark-paused", "list-in-flight", "load-pause", "count-unaccounted", "mark-resumed"], statistics,
      Limit(moved: 8))
  }

  /// Monitoring asks every few seconds, of all campaigns.
  @Test("campaign-status reads counters and the first that waits, not the ledger", arguments: Statistics.allCases)
  func status(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    _ = try copy.claim(8, on: try copy.connection())
    let plans = try await copy.plans {
      for arguments in [["big"], ["front"], ["held"], ["done"], [], ["big", "--timeline"]] {
        let ran = try await copy.workspace.run("campaign-status", arguments)
        #expect(ran.exit == 0, "\(ran.errors)")
      }
    }
    expectBounded(
      plans, of: ["load-campaigns", "load-campaign-steps", "list-holds", "list-events"], statistics, Limit(moved: 8))
  }

  /// What a claim has taken stays in the index for as long as anybody holds an older snapshot: a report that runs for
  /// an hour is enough. Read again by each claim, it is a million dead entries for a hundred messages.
  @Test("A claim goes on where the one before has ended, whatever an old snapshot keeps in the index")
  func oldSnapshot() async throws {
    let copy = try await copy(.fresh)
    let session = try copy.workspace.session()
    try session.ask("begin isolation level repeatable read; select count(*) from senders;")
    let database = try copy.connection()
    var place: Place?
    let plans = try await copy.plans {
      for _ in 0..<20 {
        let (_, look) = try copy.claim(100, after: place, on: database)
        #expect(look.messages.values.count == 100)
        place = look.leads.values.first.flatMap { Place($0) }
      }
    }
    expectBounded(plans, of: ["lock-due-leads", "claim-messages"], .fresh, Limit(moved: 100))
    func pages(_ plans: [Plan]) -> [Int] {
      plans.filter { $0.statement == "lock-due-leads" }.map { $0.pages(of: "messages") }.filter { $0 > 0 }
    }
    let (first, last) = (try #require(pages(plans).first), try #require(pages(plans).last))
    #expect(last <= first + 50, "the first claim looked at \(first) pages of messages, the twentieth at \(last)")
    // Otherwise nothing was kept, and this has shown nothing.
    let again = try await copy.plans { _ = try copy.claim(100, on: database) }
    let beginning = try #require(pages(again).last)
    #expect(beginning > first + 100, "from the beginning: \(beginning)")
    print(
      "plans: pages of messages, first claim \(first), twentieth \(last), from the beginning again \(beginning)")
    session.end()
  }

  /// Something that the statements need is taken away, and these suffer.
  struct Breakage: Sendable, CustomTestStringConvertible {
    let what: String
    var statistics = Statistics.fresh
    let statements: Set<String>
    var testDescription: String { "\(what), \(statistics.testDescription)" }
  }

  /// A test of plans that misses a bad one, because auto_explain says something else than it did, is worse than none.
  @Test(
    "What reads the backlog is found, by the name of its statement",
    arguments: [
      Breakage(
        what: "drop index messages_due",
        statements: ["lock-due-leads", "load-work", "load-campaigns", "list-holds"]),
      Breakage(
        what: "drop index messages_held", statements: ["wake-messages", "load-work", "load-campaigns"]),
      Breakage(
        what: "drop index messages_in_flight",
        statements: ["find-stuck-messages", "list-in-flight", "load-pause", "load-campaign-steps"]),
      Breakage(
        what: "alter function in_flight reset all", statistics: .empty,
        statements: ["find-stuck-messages", "list-in-flight", "load-pause", "load-campaign-steps"]),
    ])
  func broken(_ breakage: Breakage) async throws {
    let copy = try await copy(breakage.statistics)
    try await copy.workspace.sql(breakage.what)
    let plans = try await copy.plans {
      let database = try copy.connection()
      try database.transaction { transaction in
        _ = try transaction.run(WakeMessages(limit: 10_000))
        _ = try transaction.run(LoadWork())
        _ = try transaction.run(LoadCampaigns(name: nil))
        _ = try transaction.run(LoadCampaignSteps(campaigns: [copy.big.id]))
        _ = try transaction.run(ListHolds(campaigns: [copy.big.id]))
        _ = try transaction.run(ListInFlight(campaign: copy.big.id))
        _ = try transaction.run(LoadPause(campaign: copy.big.id, messages: []))
        _ = try transaction.run(FindStuckMessages(limit: 500))
      }
      _ = try copy.claim(20, on: database)
    }
    let found = complaints(plans, breakage.statistics, Limit(moved: 20))
    for statement in breakage.statements {
      #expect(found.contains { $0.hasPrefix(statement + ",") }, "\(statement) was found in order")
    }
  }
}
