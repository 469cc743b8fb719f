import Campaign
import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

private typealias Stage = RulesStage

/// Every rule of sending (DESIGN §5), at the instants at which it begins and ends.
@Suite struct RulesTests {
  private static let noon = Stage.noon

  // MARK: - Caps

  struct Midnight: Sendable, CustomTestStringConvertible {
    let zone: String
    let noon: String
    let before: String
    let after: String
    var testDescription: String { zone }
  }

  /// With a day of UTC, a sender in New York would begin its day at eight in the evening.
  @Test(
    "A daily cap begins anew at midnight in the sender's zone, and not before",
    arguments: [
      Midnight(
        zone: "America/New_York", noon: "2026-05-04T12:00:00Z", before: "2026-05-05T03:59:30Z",
        after: "2026-05-05T04:00:30Z"),
      Midnight(
        zone: "Asia/Kathmandu", noon: "2026-05-04T12:00:00Z", before: "2026-05-04T18:14:30Z",
        after: "2026-05-04T18:15:30Z"),
      // Midnight is skipped.
      Midnight(
        zone: "Africa/Cairo", noon: "2026-04-23T12:00:00Z", before: "2026-04-23T21:59:30Z",
        after: "2026-04-23T22:00:30Z"),
      // The first hour of the day comes twice: it is one day all the same.
      Midnight(
        zone: "America/Havana", noon: "2026-11-01T04:10:00Z", before: "2026-11-01T05:10:00Z",
        after: "2026-11-02T05:00:30Z"),
      // The end of a month that is a leap day.
      Midnight(
        zone: "Europe/Berlin", noon: "2028-02-29T12:00:00Z", before: "2028-02-29T22:59:30Z",
        after: "2028-02-29T23:00:30Z"),
    ])
  func midnight(day: Midnight) async throws {
    let stage = try await Stage(sender: "daily_cap = 3, time_zone = '\(day.zone)'", at: day.noon)
    #expect(try stage.claim(2, at: day.noon).taken.count == 2)
    #expect(try stage.claim(at: day.noon).taken.count == 1)
    let full = try stage.claim(at: day.before)
    #expect(full.taken.isEmpty && full.room?.slots == 0 && full.room?.wait == nil)
    #expect(try stage.claim(at: day.after).taken.count == 3)
    #expect(try await stage.sql("select charged from sender_days order by day") == ["3", "3"])
    #expect(
      try await stage.sql("select count(*) from messages where status = 'sending' group by charged_on") == ["3", "3"])
  }

  /// A server that is busy for an hour would otherwise use up a day's cap without a single mail; and an unknown that is
  /// given back could go out beyond it.
  @Test("What is returned or deferred gives its place in the cap back; refused, accepted and unknown do not")
  func refund() async throws {
    let stage = try await Stage(leads: 20, sender: "daily_cap = 5, time_zone = 'UTC'")
    let look = try stage.claim()
    #expect(look.taken.count == 5)
    for (index, outcome) in [
      Outcome.returned(nil), .deferred("450"), .unknown("gone"), .refused("550"), .accepted(providerID: nil),
    ].enumerated() {
      try stage.settle([look.taken[index]], of: look, outcome)
    }
    #expect(try await stage.charged() == ["2026-05-04|3"])
    #expect(
      try await stage.sql("select status from messages where charged_on is not null order by 1") == [
        "failed", "sent", "unknown",
      ])
    #expect(try stage.claim().taken.count == 2)
    // Evidence that the unknown one surely did not leave gives its place back too, and once.
    let settlement = Settlement(message: look.taken[2], claim: look.id, verdict: .outcome(.returned("not there")))
    for _ in 0..<2 {
      let (batch, _) = try #require(Batch.settleLate(settlement))
      try stage.connection().perform(batch, patience: 10)
    }
    #expect(try await stage.charged() == ["2026-05-04|4"])
    #expect(try stage.claim().taken.count == 1)
  }

  /// Charged to the day of the settlement, yesterday's deferral would make today's cap larger by one.
  @Test("What is given back after midnight is given back to the day that it was charged to")
  func refundOfYesterday() async throws {
    let stage = try await Stage(sender: "daily_cap = 3, time_zone = 'UTC'")
    let look = try stage.claim(at: "2026-05-04T23:59:50Z")
    let tomorrow = "2026-05-05T00:00:10Z"
    try stage.settle(look.taken, of: look, .returned(nil), at: tomorrow)
    #expect(try await stage.charged() == ["2026-05-04|0"])
    #expect(try stage.claim(at: tomorrow).taken.count == 3)
    #expect(try stage.claim(at: tomorrow).taken.isEmpty)
  }

  /// Skips cost nothing to anybody: charged, they would use up a cap without a mail.
  @Test("What is skipped or put aside is not charged")
  func skipsAreFree() async throws {
    let stage = try await Stage(
      sender: "daily_cap = 4, time_zone = 'UTC'",
      sql: """
        update leads set status = 'replied' where email < 'spring-3';
        update leads set touched_by = gen_random_uuid(), touched_at = '2026-05-04T11:00Z' where email like 'spring-5%';
        """)
    let look = try stage.claim(scan: 100)
    #expect(look.taken.count == 4)
    #expect(look.skipped.count == 3 && look.held == ["min_gap"])
    #expect(try await stage.charged() == ["2026-05-04|4"])
  }

  /// By calendar days, a sender that rested for a week would come back with the cap of a sender that did not.
  @Test("A warm-up grows by the days on which the sender sent, up to the daily cap")
  func warmUp() async throws {
    let stage = try await Stage(
      leads: 60, sender: "daily_cap = 10, warm_up_start = 2, warm_up_factor = 1.5, time_zone = 'UTC'")
    var sizes: [Int] = []
    for day in [4, 5, 9, 10, 11, 12] {
      let look = try stage.claim(at: String(format: "2026-05-%02dT12:00:00Z", day))
      sizes.append(look.taken.count)
      // A day of which everything came back is no day on which it sent.
      if day == 9 {
        try stage.settle(look.taken, of: look, .returned(nil), at: "2026-05-09T13:00:00Z")
      } else {
        try stage.settle(look.taken, of: look, .accepted(providerID: nil), at: "2026-05-09T13:00:00Z")
      }
    }
    // 2, 3, 4.5 twice, 6.75, 10.125.
    #expect(sizes == [2, 3, 4, 4, 6, 10])
  }

  /// A power that overflows would stop the sender for ever.
  @Test("A warm-up that has gone on for years, or without a cap above it, does not overflow")
  func oldWarmUp() async throws {
    let stage = try await Stage(
      sender: "warm_up_start = 1000000, warm_up_factor = 100, time_zone = 'UTC'",
      sql: """
        insert into sender_days select s.id, d::date, 1
        from senders s, generate_series('2024-01-01'::date, '2026-05-03', interval '1 day') d;
        """)
    #expect(try stage.claim().taken.count == 10)
  }

  private func document(_ more: String) -> String {
    "senders: [{ name: spring-mail, channel: email, from: a@b.test, url: \"smtp://127.0.0.1:1\", connections: 100\(more) }]"
  }

  /// Without the recount the first day of a cap would allow a whole cap more.
  @Test("A cap, or a time zone, that is new counts what was sent on the day already")
  func recount() async throws {
    let stage = try await Stage(leads: 40)
    let evening = "2026-05-04T22:00:00Z"
    let look = try stage.claim(6, at: evening)
    try stage.settle(look.taken.prefix(3), of: look, .accepted(providerID: nil), at: evening)
    try stage.settle(look.taken[3...3], of: look, .unknown("gone"), at: evening)
    try stage.settle(look.taken[4...4], of: look, .deferred("450"), at: evening)
    func apply(_ more: String, at instant: String) async throws {
      let ran = try await stage.workspace.run("apply", input: document(more), offset: Stage.offset(to: instant))
      try #require(ran.exit == 0, "\(ran.errors)")
    }
    try await apply(", daily_cap: 7, time_zone: UTC", at: evening)
    // Three sent, one unknown, one that is out.
    #expect(try stage.claim(at: evening).taken.count == 2)
    // The same again counts nothing anew, and a higher cap nothing either.
    try await apply(", daily_cap: 8, time_zone: UTC", at: evening)
    #expect(try stage.claim(at: evening).taken.count == 1)
    // Lower than what was charged.
    try await apply(", daily_cap: 2, time_zone: UTC", at: evening)
    #expect(try stage.claim(at: evening).taken.isEmpty)
    // In Tokyo it was the next day already, and is that day still: four that have settled, and four that are out.
    try await apply(", daily_cap: 9, time_zone: Asia/Tokyo", at: "2026-05-05T14:00:00Z")
    #expect(try stage.claim(at: "2026-05-05T14:00:00Z").taken.count == 1)
  }

  /// The day that was tomorrow's in the old zone would begin with what was sent today.
  @Test("After a change to a zone further west the next day has its whole cap, and no more")
  func recountWestwards() async throws {
    let stage = try await Stage(leads: 30, sender: "daily_cap = 4, time_zone = 'Pacific/Kiritimati'")
    let look = try stage.claim()
    #expect(look.taken.count == 4)
    #expect(try await stage.charged() == ["2026-05-05|4"])
    let ran = try await stage.workspace.run(
      "apply", input: document(", daily_cap: 4, time_zone: Pacific/Niue"), offset: Stage.offset(to: RulesTests.noon))
    try #require(ran.exit == 0, "\(ran.errors)")
    #expect(try stage.claim().taken.isEmpty)
    // Claimed on a day of the old zone.
    try stage.settle(look.taken.prefix(2), of: look, .returned(nil))
    #expect(try stage.claim(at: "2026-05-05T10:59:30Z").taken.isEmpty)
    #expect(try stage.claim(at: "2026-05-05T11:00:30Z").taken.count == 4)
    #expect(try stage.claim(at: "2026-05-05T12:00:30Z").taken.isEmpty)
  }

  // MARK: - Pace

  /// Two bursts on both sides of a border of fixed periods are twice the pace.
  @Test("A pace is kept in every period, and slots that were lost are not made up for")
  func pace() async throws {
    let stage = try await Stage(leads: 100, sender: "pace_count = 60, pace_period = '1 minute'")
    func taken(_ seconds: Double) throws -> Int { try stage.claim(plus: seconds).taken.count }
    #expect(try taken(0) == 1)
    let early = try stage.claim(plus: 0.5)
    #expect(early.taken.isEmpty && early.room?.wait ?? 0 > 0.2)
    #expect(try taken(1.2) == 1)
    // An hour of silence.
    #expect(try taken(3600) == 1)
    #expect(try taken(3600.4) == 0)
    #expect(try taken(3601.2) == 1)
  }

  /// Claims at any instants, of any size, some of them given back.
  @Test("Of random claims no sliding period ever has more than its number", arguments: [1, 3, 7, 200])
  func randomPace(count: Int) async throws {
    let seed = seed()
    var random = SeededGenerator(seed: seed)
    let stage = try await Stage(leads: 400, sender: "pace_count = \(count), pace_period = '1 minute'")
    var sent: [Double] = []
    var now = 0.0
    for _ in 0..<60 {
      now += Double.random(in: 0...(150 / Double(count)), using: &random)
      let look = try stage.claim(Int.random(in: 1...8, using: &random), plus: now)
      // The later ones of a claim, as a tick does whose connections were lost.
      let kept = Int.random(in: 0...3, using: &random) == 0 ? look.taken.count / 2 : look.taken.count
      try stage.settle(look.taken.dropFirst(kept), of: look, .returned(nil), plus: now)
      sent += Array(repeating: now, count: kept)
    }
    let most = sent.indices.map { index in sent[index...].prefix { $0 < sent[index] + 60 }.count }.max() ?? 0
    #expect(most <= count, "seed \(seed): \(most) in one minute")
    #expect(!sent.isEmpty)
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// A tick that loses its connections a hundred times would otherwise stop a slow sender for hours.
  @Test("A message that is given back gives its slot back, unless a later claim has taken one since")
  func slotGivenBack() async throws {
    let stage = try await Stage(sender: "pace_count = 60, pace_period = '1 hour'")
    let first = try stage.claim()
    #expect(first.taken.count == 1)
    try stage.settle(first.taken, of: first, .returned(nil), plus: 1)
    let second = try stage.claim(plus: 2)
    #expect(second.taken.count == 1)
    let third = try stage.claim(plus: 63)
    #expect(third.taken.count == 1)
    try stage.settle(second.taken, of: second, .returned(nil), plus: 64)
    #expect(try stage.claim(plus: 65).taken.isEmpty)
    // Deferred is not given back: the server had it.
    try stage.settle(third.taken, of: third, .deferred("450"), plus: 66)
    #expect(try stage.claim(plus: 67).taken.isEmpty)
    #expect(try stage.claim(plus: 124).taken.count == 1)
  }

  /// A robot writes every five seconds.
  @Test("A delay lets one message go at a time, not sooner than its lower bound and not later than its upper one")
  func delay() async throws {
    let stage = try await Stage(leads: 30, sender: "delay_min = '5 s', delay_max = '10 s'")
    var waits: Set<String> = []
    for index in 0..<8 {
      let now = Double(index) * 10.2
      #expect(try stage.claim(plus: now).taken.count == 1)
      #expect(try stage.claim(plus: now + 4.9).taken.isEmpty)
      waits.formUnion(try await stage.sql("select round(extract(milliseconds from pace_next_at)) from senders"))
    }
    #expect(waits.count > 3, "the delays are not random: \(waits)")
    let look = try stage.claim(plus: 100)
    try stage.settle(look.taken, of: look, .returned(nil), plus: 100.1)
    #expect(try stage.claim(plus: 100.2).taken.count == 1)
  }

  /// A pace of one an hour that somebody corrects to one a second must not wait for its hour.
  @Test("A pace that has changed holds for the next claim, and the same document again gives no slot away")
  func changedPace() async throws {
    let stage = try await Stage(sender: "pace_count = 1, pace_period = '1 hour'")
    func apply(_ pace: String, plus seconds: Double) async throws {
      let ran = try await stage.workspace.run(
        "apply", input: document(", pace: \(pace)"), offset: Stage.offset(to: RulesTests.noon, plus: seconds))
      try #require(ran.exit == 0, "\(ran.errors)")
    }
    #expect(try stage.claim().taken.count == 1)
    try await apply("{ per_minute: 30 }", plus: 1)
    #expect(try stage.claim(plus: 1.5).taken.isEmpty)
    #expect(try stage.claim(plus: 3.5).taken.count == 1)
    try await apply("{ per_minute: 30 }", plus: 3.6)
    #expect(try stage.claim(plus: 4).taken.isEmpty)
    try await apply("{ delay: [20, 20] }", plus: 6)
    #expect(try stage.claim(plus: 8).taken.count == 1)
    #expect(try stage.claim(plus: 27).taken.isEmpty)
    #expect(try stage.claim(plus: 28.5).taken.count == 1)
    // A burst of a fast pace, and the same document again and again.
    try await apply("{ per_second: 200 }", plus: 60)
    #expect(try stage.claim(4, plus: 61).taken.count == 4)
    let before = try await stage.sql("select pace_next_at from senders")
    try await apply("{ per_second: 200 }", plus: 60.5)
    #expect(try await stage.sql("select pace_next_at from senders") == before)
  }

  // MARK: - Domains

  /// A big provider that gets a thousand mails a minute from a new sender takes none from it any more.
  @Test("The pace of a receiving domain holds its messages back one by one, and no others; in the end all go")
  func domainPace() async throws {
    let stage = try await Stage(
      leads: 10,
      sql: """
        update leads set email = replace(email, 'x.test', 'Big.test') where email < 'spring-5';
        insert into sender_domains (sender_id, domain, pace_count, pace_period) select id, 'big.test', 60, '1 hour' from senders;
        """)
    let look = try stage.claim()
    #expect(look.taken.count == 6)
    #expect(look.held == Array(repeating: "domain", count: 4))
    #expect(
      try await stage.sql(
        "select round(extract(epoch from not_before - '\(RulesTests.noon)')) from messages where held_by = 'domain' order by 1"
      ) == ["60", "120", "180", "240"])
    #expect(try stage.claim(plus: 59).taken.isEmpty)
    #expect(try stage.claim(plus: 61).taken.count == 1)
    // What has become due late is told a new time, and nobody is forgotten.
    var left = 3
    for minute in 0..<30 where left > 0 {
      let taken = try stage.claim(plus: 200 + Double(minute) * 61).taken.count
      #expect(taken <= 1)
      left -= taken
    }
    #expect(left == 0)
    #expect(try await stage.workspace.states() == ["sending": 10])
  }

  /// Postfix's way of finding out how much a destination takes.
  @Test("A domain that refuses for now gets one message less at once; with what it accepts it gets more again")
  func concurrency() async throws {
    let stage = try await Stage(leads: 24)
    func concurrency() async throws -> [String] {
      try await stage.sql("select round(concurrency::numeric, 2), dead_until is not null from sender_domains")
    }
    let first = try stage.claim(4)
    try stage.settle(first.taken.prefix(1), of: first, .deferred("450 4.7.1"), about: .domain)
    #expect(try await concurrency() == ["3.00|f"])
    // Three are out still.
    let full = try stage.claim(4, plus: 1)
    #expect(full.taken.isEmpty && full.held.count == 4)
    try stage.settle(first.taken.dropFirst(), of: first, .accepted(providerID: nil), plus: 2)
    #expect(try await concurrency() == ["4.00|f"])
    let second = try stage.claim(9, plus: 10)
    #expect(second.taken.count == 4)
    for (index, message) in second.taken.enumerated() {
      try stage.settle([message], of: second, .deferred("450 4.7.1"), about: .domain, plus: 11 + Double(index))
    }
    #expect(try await concurrency() == ["1.00|t"])
    // Dead for five minutes, and then one at a time.
    let dead = try stage.claim(plus: 200)
    #expect(dead.taken.isEmpty && !dead.held.isEmpty)
    let third = try stage.claim(plus: 700)
    #expect(third.taken.count == 1)
    try stage.settle(third.taken, of: third, .accepted(providerID: nil), plus: 701)
    #expect(try await concurrency() == ["2.00|f"])
    // Nothing that waits for it is left behind.
    var now = 800.0
    for _ in 0..<200 where try await stage.workspace.states()["pending"] != nil {
      now += 300
      let look = try stage.claim(plus: now)
      try stage.settle(look.taken, of: look, .accepted(providerID: nil), plus: now)
    }
    #expect(try await stage.workspace.states() == ["sent": 24])
  }

  /// A limit that was learnt once and never forgotten would cost every claim a count for ever.
  @Test("Above what one destination is ever sent at once there is no limit any more")
  func unlimited() async throws {
    let stage = try await Stage(
      leads: 4,
      sql: "insert into sender_domains (sender_id, domain, concurrency) select id, 'x.test', 19.9 from senders;")
    let look = try stage.claim()
    try stage.settle(look.taken, of: look, .accepted(providerID: nil))
    #expect(try await stage.sql("select concurrency is null from sender_domains") == ["t"])
  }

  // MARK: - The gap between campaigns

  private func share(_ leads: Int = 1) -> String {
    """
    delete from batch_leads where batch_id <> (select id from lead_batches where name = 'spring-leads');
    insert into batch_leads (batch_id, lead_id)
    select b.id, l.id from lead_batches b, leads l where b.name <> 'spring-leads' and l.email like 'spring-%';
    """
  }

  /// Two campaigns that do not know of each other write to one person on one day.
  @Test("A lead that another campaign has contacted waits for the end of the gap, exactly")
  func gap() async throws {
    let stage = try await Stage(["spring", "summer"], leads: 1, sql: share())
    let spring = try stage.claim()
    try stage.settle(spring.taken, of: spring, .accepted(providerID: nil))
    let look = try stage.claim(of: "summer", plus: 3600)
    #expect(look.taken.isEmpty && look.held == ["min_gap"])
    #expect(
      try await stage.sql(
        "select m.not_before = l.touched_at + '24 hours' from messages m, leads l where m.held_by is not null and l.id = m.lead_id"
      ) == ["t"])
    #expect(try stage.claim(of: "summer", plus: 86_398).rows.isEmpty)
    #expect(try stage.claim(of: "summer", plus: 86_401).taken.count == 1)
  }

  /// A deferral or a refusal is no contact; what may have arrived is.
  @Test(
    "Sent and unknown begin a gap; returned, deferred and refused do not",
    arguments: [
      (Outcome.accepted(providerID: nil), true), (.unknown("gone"), true), (.returned(nil), false),
      (.deferred("450"), false), (.refused("550"), false),
    ])
  func whatIsAContact(outcome: Outcome, isOne: Bool) async throws {
    let stage = try await Stage(["spring", "summer"], leads: 1, sql: share())
    let spring = try stage.claim()
    // While it is out nobody knows, and the other campaign waits for that.
    let meanwhile = try stage.claim(of: "summer")
    #expect(meanwhile.taken.isEmpty && meanwhile.held == ["min_gap"])
    try stage.settle(spring.taken, of: spring, outcome)
    #expect(try stage.claim(of: "summer", plus: 90).taken.isEmpty == isOne)
  }

  /// The tick that had the first message has died, and nobody has recovered it yet: it may have arrived a minute ago.
  @Test("A message that is out past its deadline holds other campaigns until it was recovered, and then for the gap")
  func gapBehindACrash() async throws {
    let stage = try await Stage(["spring", "summer"], leads: 1, sql: share())
    _ = try stage.claim()
    try await stage.workspace.sql(
      "update messages set deadline = clock_timestamp() - interval '1 s' where deadline is not null")
    let look = try stage.claim(of: "summer", plus: 61)
    #expect(look.taken.isEmpty && look.held == ["min_gap"])
    #expect(try stage.connection(plus: 70).recover().total == 1)
    #expect(try stage.claim(of: "summer", plus: 3600).taken.isEmpty)
    #expect(try stage.claim(of: "summer", plus: 86_500).taken.count == 1)
  }

  /// One column of who was there last forgets the one before.
  @Test("Of three campaigns over one lead no two contact it within the gap, in whatever order they come")
  func threeCampaigns() async throws {
    let seed = seed()
    var random = SeededGenerator(seed: seed)
    let names = ["spring", "summer", "autumn"]
    let stage = try await Stage(
      names, leads: 1, steps: Array(repeating: 0, count: 25),
      campaign: "min_gap = '5 hours', spacing_tolerance = '1 hour'",
      sql: share())
    var contacts: [(at: Double, by: String)] = []
    var (now, heldBack) = (0.0, 0)
    for _ in 0..<90 {
      now += Double.random(in: 0...7200, using: &random)
      let name = names.randomElement(using: &random) ?? ""
      let look = try stage.claim(of: name, plus: now)
      heldBack += look.held.count
      guard !look.taken.isEmpty else { continue }
      try stage.settle(look.taken, of: look, .accepted(providerID: nil), plus: now)
      for other in contacts where other.by != name {
        #expect(now - other.at >= 5 * 3600 - 1, "seed \(seed): \(name) at \(now), \(other)")
      }
      contacts.append((now, name))
    }
    #expect(contacts.count > 5 && heldBack > 5)
  }

  /// Both would see a lead that nobody has touched.
  @Test("Of two campaigns that claim one lead at the same time one gets it, and the other waits or comes later")
  func together() async throws {
    let stage = try await Stage(["spring", "summer"], leads: 4, sql: share())
    let (one, other) = (try stage.connection(), try stage.connection())
    let rows = try await stage.sql("select name, id, number, sender_ids[1] from campaigns order by name")
      .map { $0.split(separator: "|").map(String.init) }
    try one.transaction { transaction in
      try transaction.run(TryBarrier(barrier: Int(rows[0][2]) ?? 0))
      try transaction.run(LockDueLeads(campaign: rows[0][1], sender: rows[0][3], limit: 2, scan: 0))
      // The leads are locked, and the messages not yet `sending`.
      let claim = Batch.claim(
        newClaimID(), campaign: rows[1][1], barrier: Int(rows[1][2]) ?? 0, sender: rows[1][3], lease: 60, limit: 4)
      try other.perform(claim.batch, patience: 10)
      #expect(claim.messages.values.count == 2)
      #expect(try transaction.run(ClaimMessages(claim: newClaimID(), lease: 60)).count == 2)
    }
    let late = try stage.claim(of: rows[1][0], plus: 1)
    #expect(late.taken.isEmpty && late.held.count == 2)
    #expect(
      try await stage.sql("select count(*) from messages where status = 'sending' group by lead_id")
        == Array(repeating: "1", count: 4))
  }

  /// A gap that is shortened because a customer waits would otherwise be felt a day later.
  @Test("A window or a gap that has changed judges what the old one put aside anew")
  func changedGap() async throws {
    let stage = try await Stage(["spring", "summer"], leads: 3, sql: share())
    let spring = try stage.claim()
    try stage.settle(spring.taken, of: spring, .accepted(providerID: nil))
    #expect(try stage.claim(of: "summer", plus: 60).held.count == 3)
    let ran = try await stage.workspace.run(
      "apply",
      input: """
        campaigns: [{ name: summer, workflow: summer-flow, senders: [summer-mail], batches: [summer-leads], min_gap: 1m }]
        """, offset: Stage.offset(to: RulesTests.noon, plus: 120))
    try #require(ran.exit == 0, "\(ran.errors)")
    #expect(try stage.claim(of: "summer", plus: 121).taken.count == 3)
  }

  // MARK: - Windows

  /// The campaign's clock must not run into the night because one claim was late.
  @Test("A campaign's window holds all of it, whoever asks")
  func campaignWindow() async throws {
    let stage = try await Stage(
      campaign:
        "window_days = '{1}', window_from = '09:00', window_to = '17:00', window_zone = 'Europe/London'")
    #expect(try stage.claim(1, at: "2026-05-04T15:59:58Z").taken.count == 1)
    #expect(try stage.claim(at: "2026-05-04T16:00:00Z").rows.isEmpty)
    #expect(try stage.claim(at: "2026-05-11T07:59:00Z").rows.isEmpty)
    #expect(try stage.claim(at: "2026-05-11T08:00:01Z").taken.count == 9)
    #expect(try await stage.sql("select count(*) from messages where not_before is not null") == ["0"])
  }

  /// Nine in the morning in Tokyo is in the middle of the night in New York.
  @Test(
    "With each lead's own window a message waits for its lead's, and a lead without a zone is skipped with that reason")
  func leadWindow() async throws {
    let stage = try await Stage(
      leads: 5,
      campaign: "window_days = '{1,2,3,4,5}', window_from = '09:00', window_to = '17:00', window_zone = 'lead'",
      sql: """
        update leads set time_zone = (array['Europe/London', 'Asia/Tokyo', 'America/New_York', null, 'Europe/Atlantis'])
          [substring(email from '\\d+')::int];
        """)
    let look = try stage.claim()
    #expect(look.taken.count == 1)
    #expect(look.held == ["window", "window"])
    #expect(
      look.skipped == ["the lead has no time zone", "the lead's time zone is not known: Europe/Atlantis"])
    try stage.skip(look)
    #expect(
      try await stage.sql(
        """
        select l.time_zone, to_char(m.not_before, 'MM-DD HH24:MI') from messages m join leads l on l.id = m.lead_id
        where m.held_by = 'window' order by 1
        """) == ["America/New_York|05-04 13:00", "Asia/Tokyo|05-05 00:00"])
    #expect(try stage.claim(at: "2026-05-04T12:59:59Z").rows.isEmpty)
    #expect(try stage.claim(at: "2026-05-04T13:00:01Z").taken.count == 1)
    // Asked too late on a Friday: the message that was let go is judged again.
    let late = try stage.claim(at: "2026-05-08T20:00:00Z")
    #expect(late.taken.isEmpty && late.held == ["window"])
    #expect(try stage.claim(at: "2026-05-11T00:00:01Z").taken.count == 1)
  }

  // MARK: - Who must not be contacted

  /// One entry too wide and a customer hears nothing; one too narrow and somebody who said no is written to again.
  @Test("A suppression stops its address or its domain on its channel, and nothing else")
  func suppressions() async throws {
    let stage = try await Stage(
      leads: 8,
      sql: """
        update leads set email = (array['Ada@Acme.test', 'bob@acme.test', 'eve@mail.acme.test', 'x@gone.test', 'y@GONE.test',
          'w@only.test', 'v@voice.test', 'acme.test@free.test'])[substring(email from '\\d+')::int];
        """)
    func suppress(_ arguments: [String]) async throws {
      let ran = try await stage.workspace.run("suppress", arguments)
      try #require(ran.exit == 0, "\(ran.errors)")
    }
    try await suppress(["ADA@acme.TEST", "--reason", "asked"])
    try await suppress(["@gone.test"])
    try await suppress(["w@only.test", "--channel", "email"])
    try await suppress(["v@voice.test", "--channel", "voice"])
    try await suppress(["acme.test", "--channel", "whatsapp"])
    let look = try stage.claim()
    #expect(
      Set(look.rows.filter { $0.skipReason != nil }.compactMap { $0.email?.lowercased() })
        == ["ada@acme.test", "x@gone.test", "y@gone.test", "w@only.test"])
    #expect(look.skipped.contains("suppressed: asked"))
    #expect(look.taken.count == 4)
    try stage.skip(look)
    #expect(try await stage.workspace.states() == ["sending": 4, "skipped": 4])
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// A list that an operator keeps by hand is one that somebody forgets; and a mailbox that is full is no reason.
  @Test("An address that does not exist is suppressed for every campaign; any other refusal is not")
  func unknownUser() async throws {
    let stage = try await Stage(["spring", "summer"], leads: 2, sql: share())
    let look = try stage.claim()
    try stage.settle(look.taken.prefix(1), of: look, .refused("550 5.1.1 unknown"), about: .address)
    try stage.settle(look.taken.dropFirst(), of: look, .refused("552 5.2.2 full"))
    #expect(
      try await stage.sql("select value, channel, reason, source from suppressions") == [
        "spring-1@x.test|email|the address does not exist|refusal"
      ])
    let summer = try stage.claim(of: "summer")
    #expect(summer.skipped == ["suppressed: the address does not exist"] && summer.taken.count == 1)
  }

  /// It was claimable when the day began; what counts is the instant at which it goes.
  @Test("A reply, or a suppression, stops a message that was put aside before")
  func stoppedMeanwhile() async throws {
    let stage = try await Stage(["spring", "summer"], leads: 3, sql: share())
    let spring = try stage.claim()
    try stage.settle(spring.taken, of: spring, .accepted(providerID: nil))
    #expect(try stage.claim(of: "summer", plus: 1).held.count == 3)
    #expect(try await stage.workspace.run("set-lead", ["spring-1@x.test", "--status", "replied"]).exit == 0)
    #expect(try await stage.workspace.run("suppress", ["spring-2@x.test"]).exit == 0)
    let look = try stage.claim(of: "summer", plus: 90_000)
    #expect(look.taken.count == 1)
    #expect(look.skipped.count == 2 && look.skipped.contains("the lead is replied"))
  }

  // MARK: - Health

  private func standing(_ stage: Stage) async throws -> String {
    try await stage.sql("select status from campaigns where name = 'spring'")[0]
  }

  /// One bounce of a small test campaign must not stop it; ten of ten must.
  @Test("A campaign fails when more than half has failed, of ten at least and of a tenth of it")
  func health() async throws {
    let stage = try await Stage(leads: 100)
    let look = try stage.claim()
    for message in look.taken.prefix(9) { try stage.settle([message], of: look, .refused("550 to ada@acme.test: no")) }
    #expect(try await standing(stage) == "running")
    try stage.settle(look.taken[9...9], of: look, .refused("550 to bob@acme.test: no"))
    #expect(
      try await stage.sql("select status, failure_reason from campaigns") == [
        "failed|10 of 10 messages failed (100%), most often: 550 to … no"
      ])
    // From where it is resumed it is judged anew.
    try await stage.workspace.run("resume-campaign", ["spring"], offset: Stage.offset(to: RulesTests.noon))
    for message in look.taken[10..<19] { try stage.settle([message], of: look, .refused("550")) }
    #expect(try await standing(stage) == "running")
    try stage.settle(look.taken[19...19], of: look, .refused("550"))
    #expect(try await standing(stage) == "failed")
    #expect(try await stage.workspace.wrongCounters() == [])
  }

  /// Of a campaign of twenty a tenth are two: two bad addresses are no verdict.
  @Test("Nine failures are never enough to fail a small campaign; the tenth is")
  func ten() async throws {
    let stage = try await Stage(leads: 20)
    let look = try stage.claim()
    for message in look.taken.prefix(9) { try stage.settle([message], of: look, .refused("550")) }
    #expect(try await standing(stage) == "running")
    try stage.settle(look.taken[9...9], of: look, .refused("550"))
    #expect(try await standing(stage) == "failed")
  }

  /// Half is not more than half; and what is unknown has settled, but has not failed.
  @Test("Exactly half does not fail a campaign; one more does")
  func half() async throws {
    let stage = try await Stage(leads: 100)
    let look = try stage.claim()
    try stage.settle(look.taken[0..<10], of: look, .accepted(providerID: nil))
    try stage.settle(look.taken[10..<12], of: look, .unknown("gone"))
    try stage.settle(look.taken[12..<24], of: look, .refused("550"))
    #expect(try await standing(stage) == "running")
    try stage.settle(look.taken[24...24], of: look, .deferred("450"))
    #expect(try await standing(stage) == "running")
    try stage.settle(look.taken[25...25], of: look, .refused("550"))
    #expect(try await standing(stage) == "failed")
  }

  /// A tenth of a million would be a hundred thousand bounces.
  @Test("Of a large campaign a hundred are enough to judge by, and not fewer")
  func hundred() async throws {
    let stage = try await Stage(leads: 1500)
    let look = try stage.claim()
    #expect(look.taken.count == 100)
    try stage.settle(look.taken.prefix(99), of: look, .refused("550"))
    #expect(try await standing(stage) == "running")
    try stage.settle(look.taken.suffix(1), of: look, .refused("550"))
    #expect(try await standing(stage) == "failed")
  }

  // MARK: - Scheduled start

  private func schedule(_ campaign: String = "scheduled_start_at = '2026-05-04T15:00:00Z'") async throws -> Workspace {
    let workspace = try await Workspace()
    let server = try await SMTPServer()
    try await workspace.seed(port: server.port, leads: 3)
    servers.append(server)
    try await workspace.sql("update campaigns set \(campaign)")
    return workspace
  }

  private final class Servers: @unchecked Sendable {
    private var all: [SMTPServer] = []
    func append(_ server: SMTPServer) { all.append(server) }
  }
  private let servers = Servers()

  private func at(_ instant: String) -> String { Stage.offset(to: instant) }

  /// A start by hand would need somebody to be awake.
  @Test("A campaign with a start time ahead waits for it; the first tick after it starts it, none before")
  func scheduledStart() async throws {
    let workspace = try await schedule()
    let started = try await workspace.run("start-campaign", ["spring"], offset: at(RulesTests.noon))
    #expect(
      started.exit == 0 && started.json["status"] as? String == "scheduled", "\(started.output) \(started.errors)")
    #expect(try await workspace.sql("select active_campaign_id is not null from lead_batches") == ["t"])
    let before = try await workspace.run("tick", offset: at("2026-05-04T14:59:50Z"))
    #expect(before.json["sent"] as? Int == 0 && before.json["started"] as? [String] == [])
    #expect(try await workspace.states() == [:])
    // Ticks come when they come: once, and its plan counts from there.
    let after = try await workspace.run("tick", offset: at("2026-05-04T17:00:00Z"))
    #expect(after.json["started"] as? [String] == ["spring"] && after.json["sent"] as? Int == 3, "\(after.output)")
    #expect(try await workspace.run("tick", offset: at("2026-05-04T17:01:00Z")).json["started"] as? [String] == [])
    #expect(
      try await workspace.sql("select to_char(actual_started_at at time zone 'UTC', 'HH24:MI') from campaigns") == [
        "17:00"
      ])
  }

  /// Paused is paused, whatever the clock says.
  @Test("A scheduled campaign that is paused is held past its time until it is resumed")
  func pausedWhileScheduled() async throws {
    let workspace = try await schedule()
    try await workspace.run("start-campaign", ["spring"], offset: at(RulesTests.noon))
    #expect(try await workspace.run("pause-campaign", ["spring"], offset: at(RulesTests.noon)).exit == 0)
    #expect(try await workspace.run("tick", offset: at("2026-05-04T16:00:00Z")).json["started"] as? [String] == [])
    #expect(try await workspace.run("resume-campaign", ["spring"], offset: at("2026-05-05T10:00:00Z")).exit == 0)
    #expect(try await workspace.sql("select status from campaigns") == ["scheduled"])
    let tick = try await workspace.run("tick", offset: at("2026-05-05T10:01:00Z"))
    #expect(tick.json["started"] as? [String] == ["spring"] && tick.json["sent"] as? Int == 3, "\(tick.output)")
    #expect(try await workspace.wrongCounters() == [])
  }

  /// At its time nobody is there to read an error.
  @Test("A campaign that cannot be started at its time stays scheduled and says why, and starts once it can")
  func startTrouble() async throws {
    let workspace = try await schedule()
    try await workspace.run("start-campaign", ["spring"], offset: at(RulesTests.noon))
    try await workspace.sql("update email_templates set variables = array['plan']")
    let tick = try await workspace.run("tick", offset: at("2026-05-04T16:00:00Z"))
    #expect(tick.exit == 0 && tick.json["started"] as? [String] == [])
    let status = try await workspace.run("campaign-status", ["spring"], offset: at("2026-05-04T16:00:00Z")).json
    #expect(status["status"] as? String == "scheduled")
    #expect((status["reason"] as? String ?? "").contains("{{plan}}"), "\(status)")
    let hold = (status["held_by"] as? [[String: Any]])?.first
    #expect(hold?["rule"] as? String == "start_at" && hold?["until"] as? String == "2026-05-04T15:00:00Z")
    try await workspace.sql("update email_templates set variables = '{}'")
    #expect(
      try await workspace.run("tick", offset: at("2026-05-04T16:01:00Z")).json["started"] as? [String] == ["spring"])
    #expect(try await workspace.sql("select start_trouble is null from campaigns") == ["t"])
  }

  /// Two campaigns that wait for one batch must not both believe that it is theirs.
  @Test("A batch that a scheduled campaign has taken is refused to another, and free once that one is cancelled")
  func scheduledBatch() async throws {
    let workspace = try await schedule()
    try await workspace.seed("summer", port: 1, leads: 1)
    try await workspace.sql(
      "update campaigns set batch_ids = (select batch_ids from campaigns where name = 'spring') where name = 'summer'")
    try await workspace.run("start-campaign", ["spring"], offset: at(RulesTests.noon))
    let refused = try await workspace.run("start-campaign", ["summer"], offset: at(RulesTests.noon))
    #expect(refused.exit == 65 && refused.errors.contains("in use by the campaign \"spring\""))
    #expect(try await workspace.run("cancel-campaign", ["spring"], offset: at(RulesTests.noon)).exit == 0)
    #expect(try await workspace.run("tick", offset: at("2026-05-04T16:00:00Z")).json["started"] as? [String] == [])
    #expect(try await workspace.run("start-campaign", ["summer"], offset: at(RulesTests.noon)).exit == 0)
  }

  /// Ten ticks come at nine o'clock sharp.
  @Test("Ticks that come at the start time at once start a campaign once")
  func startedOnce() async throws {
    let workspace = try await schedule()
    try await workspace.run("start-campaign", ["spring"], offset: at(RulesTests.noon))
    let ticks = try (0..<5).map { _ in try workspace.start("tick", offset: at("2026-05-04T15:00:05Z")) }
    var (started, sent) = (0, 0)
    for tick in ticks {
      let ran = await tick.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      started += (ran.json["started"] as? [String])?.count ?? 0
      sent += ran.json["sent"] as? Int ?? 0
    }
    #expect(started == 1 && sent <= 3)
    #expect(try await workspace.run("tick", offset: at("2026-05-04T15:00:10Z")).exit == 0)
    #expect(try await workspace.states() == ["sent": 3])
  }
}
