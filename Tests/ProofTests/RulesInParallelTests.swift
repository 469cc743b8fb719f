import Foundation
import Support
import Testing

/// Eight ticks at once against one rule: what the mail server has seen is counted, not what the ledger says.
///
/// Nothing here says how fast it must be; only what may not be exceeded, and that where nothing ends it everything goes.
@Suite(.serialized) struct RulesInParallelTests {
  private static let ticks = 8

  /// A campaign of a sender with a rule.
  private func place(
    leads: Int, sender: String, sql: String = "", script: String = "[]", options: [String] = []
  ) async throws -> (Workspace, SMTPServer) {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(script: script, options: options))
    try await workspace.seed(port: server.port, leads: leads, connections: 8, lease: 40, timeout: 30)
    try await workspace.sql("update senders set \(sender); \(sql)")
    let started = try await workspace.run("start-campaign", ["spring"])
    try #require(started.exit == 0, "\(started.errors)")
    return (workspace, server)
  }

  private func tick(_ workspace: Workspace, budget: String, offset: String? = nil) async throws {
    let ticks = try (0..<RulesInParallelTests.ticks).map { _ in
      try workspace.start("tick", ["--budget", budget], offset: offset)
    }
    for tick in ticks {
      let ran = await tick.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
    }
  }

  private func acceptedAt(_ server: SMTPServer) throws -> [Double] {
    try server.events().filter { $0.name == "accepted" }.compactMap { $0.fields["t"] as? Double }.sorted()
  }

  /// The most that were accepted in any period of so many seconds, less a quarter: on a machine that is busy with other
  /// tests a message may reach the server late, and the one after it not. That no period at all has more, by the
  /// database's clock, is tested there (`RulesTests`).
  private func most(_ instants: [Double], in seconds: Double) -> Int {
    var (most, first) = (0, 0)
    for (index, instant) in instants.enumerated() {
      while instants[first] <= instant - 0.75 * seconds { first += 1 }
      most = max(most, index - first + 1)
    }
    return most
  }

  private func checkEachOnce(_ workspace: Workspace, _ server: SMTPServer) async throws {
    let accepted = try server.accepted()
    #expect(Set(accepted).count == accepted.count, "some were accepted twice")
    #expect(try await workspace.sql("select count(*) from messages where status = 'sent'") == ["\(accepted.count)"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A count and then a claim: each tick sees room for the rest of the cap, and takes it.
  @Test("Eight ticks together send no more than the daily cap, and exactly that where so many are due")
  func dailyCap() async throws {
    let (workspace, server) = try await place(leads: 200, sender: "daily_cap = 40, time_zone = 'UTC'")
    // Tomorrow's noon, so that no midnight comes in between: the day is one of the product's clock.
    let seconds = try await workspace.sql("select extract(epoch from date_trunc('day', now()) + '36 hours' - now())")[0]
    try await tick(workspace, budget: "3", offset: "\(seconds) s")
    #expect(try server.accepted().count == 40)
    #expect(try await workspace.sql("select charged from sender_days") == ["40"])
    // And the next day.
    try await tick(workspace, budget: "3", offset: "\((Double(seconds) ?? 0) + 86_400) s")
    print("parallel: a daily cap of 40: \(try server.accepted().count) accepted on two days")
    #expect(try server.accepted().count == 80)
    try await checkEachOnce(workspace, server)
  }

  /// A server that defers gives places back while other ticks count on them.
  @Test("A cap is kept and used up while some messages are deferred and given back")
  func capWithDeferrals() async throws {
    let (workspace, server) = try await place(
      leads: 200, sender: "daily_cap = 40, time_zone = 'UTC'",
      script: #"[{"at":"rcpt","recipient":"-1","do":"reply","text":"450 4.2.1 later"}]"#)
    let seconds = try await workspace.sql("select extract(epoch from date_trunc('day', now()) + '36 hours' - now())")[0]
    try await tick(workspace, budget: "3", offset: "\(seconds) s")
    let deferred = try await workspace.sql("select count(*) from messages where status = 'pending' and attempt > 0")[0]
    print("parallel: a daily cap of 40, with \(deferred) deferred: \(try server.accepted().count) accepted")
    #expect(try server.accepted().count == 40)
    #expect(try await workspace.sql("select charged from sender_days") == ["40"])
    try await checkEachOnce(workspace, server)
  }

  /// Each tick with a pace of its own would send eight times as much.
  @Test("Eight ticks together keep a pace in every sliding period, as the server sees it")
  func pace() async throws {
    let (workspace, server) = try await place(leads: 90, sender: "pace_count = 20, pace_period = '1 second'")
    try await tick(workspace, budget: "12")
    let instants = try acceptedAt(server)
    let most = most(instants, in: 1)
    let length = (instants.last ?? 0) - (instants.first ?? 0)
    print("parallel: a pace of 20 a second: \(instants.count) in \(length) s, at most \(most) in 0.75 s")
    #expect(most <= 20)
    #expect(instants.count == 90)
    try await checkEachOnce(workspace, server)
  }

  /// Two robots at once do not look like a person.
  @Test("Eight ticks together keep a random delay between any two messages")
  func delay() async throws {
    let (workspace, server) = try await place(leads: 15, sender: "delay_min = '0.2 s', delay_max = '0.4 s'")
    try await tick(workspace, budget: "12")
    let instants = try acceptedAt(server)
    let gaps = zip(instants, instants.dropFirst()).map { $1 - $0 }
    print("parallel: a delay of 0.2 to 0.4 s: \(instants.count), the gaps \(gaps.min() ?? 0) to \(gaps.max() ?? 0) s")
    #expect(instants.count == 15)
    #expect(gaps.allSatisfy { $0 >= 0.2 }, "\(gaps)")
    try await checkEachOnce(workspace, server)
  }

  /// The pace is the domain's, whoever sends; and it must not hold back what goes elsewhere.
  @Test("Eight ticks together keep the pace of a receiving domain; what goes elsewhere does not wait")
  func domainPace() async throws {
    let (workspace, server) = try await place(
      leads: 100, sender: "connections = 8",
      sql: """
        update leads set email = replace(email, 'x.test', 'big.test') where substring(email from '-(\\d+)@')::int <= 20;
        insert into sender_domains (sender_id, domain, pace_count, pace_period) select id, 'big.test', 5, '1 second' from senders;
        """)
    try await tick(workspace, budget: "15")
    let events = try server.events().filter { $0.name == "accepted" }
    let big = events.filter { (($0.fields["to"] as? [String])?.first ?? "").hasSuffix("@big.test") }
      .compactMap { $0.fields["t"] as? Double }.sorted()
    let most = most(big, in: 1)
    print(
      "parallel: a domain's pace of 5 a second: \(big.count), at most \(most) in 0.75 s; \(events.count) in all")
    #expect(most <= 5)
    #expect(events.count == 100)
    try await checkEachOnce(workspace, server)
  }

  /// Eight ticks with eight connections each: a domain that can take two at once would refuse the others for a day.
  @Test("Eight ticks together have no more messages out to a domain than it takes, counted by the server")
  func domainConcurrency() async throws {
    let (workspace, server) = try await place(
      leads: 30, sender: "connections = 8",
      sql: "insert into sender_domains (sender_id, domain, concurrency) select id, 'x.test', 2 from senders;",
      options: ["--delay", "0.05"])
    try await tick(workspace, budget: "6")
    // It grows with what is accepted, by one for as many as it is: so many were accepted before each was begun.
    var (accepted, out, most, isExceeded) = (0, 0, 0, false)
    var allowed = 2.0
    for event in try server.events().sorted(by: { ($0.fields["t"] as? Double ?? 0) < ($1.fields["t"] as? Double ?? 0) })
    {
      switch event.name {
      case "command" where (event.fields["line"] as? String ?? "").hasPrefix("MAIL"):
        out += 1
        most = max(most, out)
        if Double(out) > allowed { isExceeded = true }
      case "accepted":
        // The server has taken it; the settlement that makes room comes later.
        out -= 1
        accepted += 1
        allowed += 1 / allowed
      default: break
      }
    }
    print("parallel: a domain's concurrency from 2: \(accepted) accepted, at most \(most) at once, \(allowed) learnt")
    #expect(!isExceeded)
    // What is left waits for an instant of its own, and goes.
    for hour in 1...5 where try await workspace.states()["pending"] != nil {
      try await tick(workspace, budget: "3", offset: "\(hour) hours")
    }
    #expect(try await workspace.states() == ["sent": 30])
    try await checkEachOnce(workspace, server)
  }

  /// An operator lowers a cap and slows a pace while cron runs.
  @Test("A rule that changes while ticks run holds from then on, and nobody meets an error")
  func changedRules() async throws {
    let (workspace, server) = try await place(leads: 400, sender: "daily_cap = 400, time_zone = 'UTC'")
    let seconds = try await workspace.sql("select extract(epoch from date_trunc('day', now()) + '36 hours' - now())")[0]
    let ticks = try (0..<RulesInParallelTests.ticks).map { _ in
      try workspace.start("tick", ["--budget", "4"], offset: "\(seconds) s")
    }
    try await server.wait { $0.count { $0.name == "accepted" } >= 20 }
    var counts: [Int] = []
    for rule in [
      "daily_cap: 150", "daily_cap: 150, pace: { per_second: 50 }", "daily_cap: 160, pace: { delay: [0, 0.05] }",
    ] {
      let ran = try await workspace.run(
        "apply",
        input: """
          senders:
          - { name: spring-mail, channel: email, from: a@b.test, url: "smtp://127.0.0.1:\(server.port)", connections: 8,
              lease: 40s, timeout: 30s, time_zone: UTC, \(rule) }
          campaigns:
          - { name: spring, workflow: spring-flow, senders: [spring-mail], batches: [spring-leads],
              window: { from: "00:00", to: "24:00", time_zone: UTC } }
          """, offset: "\(seconds) s")
      #expect(ran.exit == 0, "\(ran.errors)")
      counts.append(try server.accepted().count)
    }
    for tick in ticks {
      let ran = await tick.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
    }
    let accepted = try server.accepted().count
    print("parallel: rules changed after \(counts) of 400; \(accepted) accepted under a cap of 160")
    // What was out beyond the new cap when it came is counted, and nothing is added to it.
    #expect(accepted <= max(160, (counts.last ?? 0) + RulesInParallelTests.ticks * 8))
    #expect(try await workspace.sql("select charged from sender_days") == ["\(accepted)"])
    try await checkEachOnce(workspace, server)
  }
}
