import Foundation
import Support
import Testing

/// Five campaigns over two senders for a month, with everything that happens to campaigns, and then a checker that knows
/// the rules from the design alone: it reads what the mail server has accepted and what the ledger says, with calendars
/// of its own.
@Suite(.serialized) struct SimulatedMonthTests {
  // MARK: - What is simulated

  struct Sender {
    let name: String
    let zone: String
    let dailyCap: Int
    var warmUp: (start: Double, factor: Double)?
    var perHour: Int?
    var domain: (name: String, perHour: Int)?
  }

  struct Campaign {
    let name: String
    let senders: [String]
    let days: [Int]
    let leads: Range<Int>
    let startsAt: String
    var gapHours = 24.0
    /// Monday is 1; minutes since midnight; nil for the zone is the lead's own.
    var window: (days: Set<Int>, from: Int, to: Int, zone: String?)?
    var isScheduled = false
    /// From its pause to its resume.
    var pause: (from: String, to: String)?
  }

  private static let begin = "2026-10-12T06:00:20Z"
  /// In the middle of the first campaign's three steps; on its last day the clocks of Europe go back.
  private static let outage = (from: "2026-10-22T08:00:00Z", to: "2026-10-25T08:00:00Z")

  private static let senders = [
    Sender(
      name: "acme-mail", zone: "Europe/London", dailyCap: 30, warmUp: (8, 1.4), perHour: nil, domain: ("d3.test", 1)),
    Sender(name: "bolt-mail", zone: "America/New_York", dailyCap: 16, perHour: 3),
  ]

  private static let campaigns = [
    Campaign(
      name: "spring", senders: ["acme-mail"], days: [0, 7, 12], leads: 0..<60, startsAt: begin,
      window: ([1, 2, 3, 4, 5], 540, 1050, "Europe/London")),
    Campaign(
      name: "lisbon", senders: ["bolt-mail"], days: [0, 12], leads: 40..<100, startsAt: begin, gapHours: 36,
      window: ([1, 2, 3, 4, 5, 6], 600, 1020, nil)),
    Campaign(
      name: "autumn", senders: ["bolt-mail"], days: [0], leads: 0..<50, startsAt: "2026-10-14T10:00:20Z", gapHours: 48),
    Campaign(
      name: "night", senders: ["acme-mail", "bolt-mail"], days: [0, 2], leads: 50..<100,
      startsAt: "2026-10-18T21:00:00Z",
      window: ([2, 4, 6, 7], 1200, 150, "America/New_York"), isScheduled: true),
    Campaign(
      name: "paused", senders: ["acme-mail"], days: [0, 1, 1], leads: 20..<80, startsAt: "2026-10-15T09:00:20Z",
      gapHours: 12,
      pause: ("2026-10-16T12:00:20Z", "2026-10-21T09:00:20Z")),
  ]

  private static let zones = [
    "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia",
    "Europe/Berlin",
  ]

  private func address(_ lead: Int) -> String { "lead-\(lead)@d\(lead % 10).test" }
  /// One lead has no zone, and nothing says which one it may be.
  private func zone(_ lead: Int) -> String? {
    lead == 77 ? nil : SimulatedMonthTests.zones[lead % SimulatedMonthTests.zones.count]
  }

  private func date(_ text: String) -> Date { ISO8601DateFormatter().date(from: text) ?? .distantPast }
  private func offset(_ instant: Date) -> String { "\(instant.timeIntervalSinceNow) s" }

  // MARK: - What happened

  struct Sent {
    let id: Int
    let campaign: String
    let sender: String
    let lead: Int
    let step: Int
    let status: String
    let at: Date
  }

  /// From what instant on a lead must not be contacted, by its own word or by a suppression.
  private struct History {
    var stops: [(lead: Int, at: Date, why: String)] = []
    /// The messages that a rule held at least once.
    var held: [String: Set<Int>] = [:]
    var ticks = 0
    var end = Date.distantPast
  }

  // MARK: - The month

  private func document(port: Int) -> String {
    let weekdays = ["", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    func clock(_ minutes: Int) -> String { String(format: "\"%02d:%02d\"", minutes / 60, minutes % 60) }
    var text = "senders:\n"
    for sender in SimulatedMonthTests.senders {
      text += """
        - { name: \(sender.name), channel: email, from: a@acme.test, url: "smtp://127.0.0.1:\(port)", connections: 4,
            lease: 20s, timeout: 15s, time_zone: \(sender.zone), daily_cap: \(sender.dailyCap)
        """
      if let warmUp = sender.warmUp { text += ", warm_up: { start: \(Int(warmUp.start)), factor: \(warmUp.factor) }" }
      if let perHour = sender.perHour { text += ", pace: { per_hour: \(perHour) }" }
      if let domain = sender.domain { text += ", domains: { \(domain.name): { per_hour: \(domain.perHour) } }" }
      text += " }\n"
    }
    text += "templates: [{ name: hello, channel: email, subject: s, text: t }]\nworkflows:\n"
    for campaign in SimulatedMonthTests.campaigns {
      let steps = campaign.days.map { "{ template: hello, days_after_previous: \($0) }" }.joined(separator: ", ")
      text += "- { name: \(campaign.name), steps: [\(steps)] }\n"
    }
    text += "campaigns:\n"
    for campaign in SimulatedMonthTests.campaigns {
      text += """
        - { name: \(campaign.name), workflow: \(campaign.name), senders: [\(campaign.senders.joined(separator: ", "))],
            batches: [\(campaign.name)], min_gap: \(Int(campaign.gapHours))h
        """
      if let window = campaign.window {
        let days = window.days.sorted().map { weekdays[$0] }.joined(separator: ", ")
        text +=
          ", window: { days: [\(days)], from: \(clock(window.from)), to: \(clock(window.to)), time_zone: \(window.zone ?? "lead") }"
      }
      if campaign.isScheduled { text += ", start_at: \(campaign.startsAt)" }
      text += " }\n"
    }
    return text
  }

  private func simulate(_ workspace: Workspace, _ random: inout SeededGenerator) async throws -> History {
    var history = History()
    func run(_ program: String, _ arguments: [String], at instant: Date) async throws {
      let ran = try await workspace.run(program, arguments, offset: offset(instant))
      try #require(ran.exit == 0, "\(program) \(arguments) at \(instant): \(ran.errors)")
    }
    // What people do, at random instants of the first three weeks.
    var acts: [(at: Date, program: String, arguments: [String], leads: [Int])] = []
    let start = date(SimulatedMonthTests.begin)
    func sometime() -> Date { start.addingTimeInterval(Double(Int.random(in: 600...1_800_000, using: &random))) }
    // One of them always, while steps of it are still to come; what the others say is drawn.
    acts.append((start.addingTimeInterval(3600), "set-lead", [address(30), "--status", "replied"], [30]))
    for lead in (0..<100).filter({ $0 != 30 }).shuffled(using: &random).prefix(24) {
      let program = lead % 2 == 0 ? "set-lead" : "suppress"
      let status = ["replied", "not_interested", "converted", "unsubscribed"].randomElement(using: &random) ?? ""
      acts.append(
        (sometime(), program, [address(lead)] + (program == "set-lead" ? ["--status", status] : []), [lead]))
    }
    acts.append((sometime(), "suppress", ["d7.test"], (0..<100).filter { $0 % 10 == 7 }))
    for campaign in SimulatedMonthTests.campaigns {
      // A scheduled one is started by hand days before, and by a tick when its time has come.
      let asked = campaign.isScheduled ? start : date(campaign.startsAt)
      acts.append((asked, "start-campaign", [campaign.name], []))
      if let pause = campaign.pause {
        acts.append((date(pause.from), "pause-campaign", [campaign.name], []))
        acts.append((date(pause.to), "resume-campaign", [campaign.name], []))
      }
    }
    acts.sort { $0.at < $1.at }

    var now = start
    let outage = (from: date(SimulatedMonthTests.outage.from), to: date(SimulatedMonthTests.outage.to))
    let month = start.addingTimeInterval(31 * 86_400)
    while true {
      while let act = acts.first, act.at <= now {
        acts.removeFirst()
        try await run(act.program, act.arguments, at: now)
        for lead in act.leads { history.stops.append((lead, now, act.program)) }
      }
      if !(outage.from..<outage.to).contains(now) {
        let tick = try await workspace.run("tick", ["--budget", "1"], offset: offset(now))
        // Three who are put off alike in a row let their sender rest for a moment: by chance that happens.
        let isResting = (tick.json["stopped"] as? [Any] ?? []).isEmpty == false
        try #require(tick.exit == (isResting ? 69 : 0), "\(tick.errors)")
        history.ticks += 1
        let hasHeld = (tick.json["held"] as? Int ?? 0) > 0
        if try await look(workspace, now, &history, isWhole: history.ticks % 6 == 0, hasHeld: hasHeld) { break }
      }
      guard now < month.addingTimeInterval(20 * 86_400) else { break }
      // On the twentieth second of a minute, so that no edge falls between a claim and its settlement.
      now.addTimeInterval(Double(Int.random(in: 10...110, using: &random) * 60))
    }
    history.end = now
    return history
  }

  /// Notes what is held by which rule; answers whether every campaign has ended.
  private func look(
    _ workspace: Workspace, _ now: Date, _ history: inout History, isWhole: Bool, hasHeld: Bool
  ) async throws -> Bool {
    guard isWhole || hasHeld else { return false }
    let rows = try await workspace.sql(
      """
      select coalesce(m.held_by, ''), m.id, c.name, s.name
      from messages m join campaigns c on c.id = m.campaign_id join senders s on s.id = m.sender_id
      where m.status = 'pending' and (m.held_by is not null or m.not_before is null and c.status = 'running'
        and m.scheduled_for <= clock() - c.paused_total)
      """, offset: offset(now)
    ).map { $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init) }
    for row in rows where !row[0].isEmpty {
      history.held["\(row[0]) of a message", default: []].insert(Int(row[1]) ?? 0)
    }
    guard isWhole else { return false }
    let standings =
      try await workspace.run("campaign-status", offset: offset(now)).json["campaigns"] as? [[String: Any]]
    for standing in standings ?? [] {
      for hold in standing["held_by"] as? [[String: Any]] ?? [] {
        guard let rule = hold["rule"] as? String, !["min_gap", "domain"].contains(rule) else { continue }
        for row in rows where row[0].isEmpty && row[2] == standing["name"] as? String {
          guard (hold["sender"] as? String).map({ $0 == row[3] }) ?? true else { continue }
          history.held[rule, default: []].insert(Int(row[1]) ?? 0)
        }
      }
    }
    return standings?.allSatisfy { $0["status"] as? String == "completed" } ?? false
  }

  // MARK: - The checker

  private func localDay(_ instant: Date, _ zone: String) throws -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    let parts = calendar.dateComponents([.year, .month, .day], from: instant)
    return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }

  private func isOpen(_ window: (days: Set<Int>, from: Int, to: Int, zone: String?), _ instant: Date, _ zone: String)
    throws
    -> Bool
  {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    let parts = calendar.dateComponents([.hour, .minute, .weekday], from: instant)
    let now = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
    let today = ((parts.weekday ?? 1) + 5) % 7 + 1
    let yesterday = today == 1 ? 7 : today - 1
    if window.from < window.to { return window.days.contains(today) && now >= window.from && now < window.to }
    return window.days.contains(today) && now >= window.from || window.days.contains(yesterday) && now < window.to
  }

  /// Every rule that was broken, as a sentence.
  private func broken(_ attempts: [Sent], _ history: History) throws -> [String] {
    var broken: [String] = []
    let sent = attempts.filter { $0.status == "sent" }
    let tolerance = 3600.0
    for message in sent {
      guard let campaign = SimulatedMonthTests.campaigns.first(where: { $0.name == message.campaign }) else { continue }
      if let window = campaign.window {
        if let zone = window.zone ?? zone(message.lead) {
          if try !isOpen(window, message.at, zone) { broken.append("outside of its window: \(message)") }
        } else {
          broken.append("to a lead without a zone: \(message)")
        }
      }
      let planned = campaign.days.prefix(message.step).reduce(0, +)
      if message.at < date(campaign.startsAt).addingTimeInterval(Double(planned) * 86_400 - 1) {
        broken.append("before its day: \(message)")
      }
      if let pause = campaign.pause, message.at > date(pause.from).addingTimeInterval(1), message.at < date(pause.to) {
        broken.append("while paused: \(message)")
      }
      for stop in history.stops where stop.lead == message.lead && message.at > stop.at.addingTimeInterval(1) {
        broken.append("after \(stop.why) at \(stop.at): \(message)")
      }
      for other in sent where other.lead == message.lead && other.at < message.at {
        let gap = message.at.timeIntervalSince(other.at)
        if other.campaign != message.campaign {
          if gap < campaign.gapHours * 3600 - 1 { broken.append("within the gap after \(other): \(message)") }
        } else if other.step == message.step - 1 {
          let delay = Double(campaign.days[message.step - 1]) * 86_400 - tolerance
          if gap < delay - 1 { broken.append("\(gap / 3600) hours after the step before: \(message)") }
        }
      }
    }
    for sender in SimulatedMonthTests.senders {
      let own = attempts.filter { $0.sender == sender.name }.sorted { $0.at < $1.at }
      let days = try Dictionary(grouping: own) { try localDay($0.at, sender.zone) }.sorted { $0.key < $1.key }
      for (index, day) in days.enumerated() {
        var cap = Double(sender.dailyCap)
        if let warmUp = sender.warmUp {
          cap = min(cap, (warmUp.start * pow(warmUp.factor, Double(index))).rounded(.down))
        }
        if day.value.count > Int(cap) {
          broken.append(
            "\(day.value.count) by \(sender.name) on \(day.key), its sending day \(index + 1), and not \(cap)")
        }
      }
      func checkPace(_ messages: [Sent], _ perHour: Int, _ what: String) {
        for (index, message) in messages.enumerated() where index >= perHour {
          if message.at.timeIntervalSince(messages[index - perHour].at) < 3600 {
            broken.append("more than \(perHour) in an hour by \(what): \(message)")
          }
        }
      }
      if let perHour = sender.perHour { checkPace(own, perHour, sender.name) }
      if let domain = sender.domain {
        checkPace(own.filter { "d\($0.lead % 10).test" == domain.name }, domain.perHour, domain.name)
      }
    }
    return broken
  }

  /// Each rule has tests of its own; what breaks in a month is two of them together.
  @Test("In a month of five campaigns over two senders no rule is broken, and nothing is left behind")
  func month() async throws {
    let seed = seed()
    var random = SeededGenerator(seed: seed)
    let workspace = try await Workspace()
    let server = try await SMTPServer(
      script: """
        [{"at":"rcpt","recipient":"-13@","do":"reply","text":"550 5.1.1 no such user"},
         {"at":"rcpt","recipient":"-52@","do":"reply","text":"550 5.1.1 no such user"},
         {"at":"rcpt","recipient":"lead-2","do":"reply","text":"450 4.2.1 later","times":15}]
        """)
    for campaign in SimulatedMonthTests.campaigns {
      let rows = campaign.leads.map { "\(address($0)),Zoë,\(zone($0) ?? "")" }
      let ran = try await workspace.run(
        "import-leads", ["--batch", campaign.name],
        input: (["email,first_name,time_zone"] + rows).joined(separator: "\n") + "\n")
      try #require(ran.exit == 0, "\(ran.errors)")
    }
    let applied = try await workspace.run(
      "apply", input: document(port: server.port), offset: offset(date(SimulatedMonthTests.begin)))
    try #require(applied.exit == 0, "\(applied.errors)")
    let history = try await simulate(workspace, &random)

    let attempts = try await workspace.sql(
      """
      set timezone = 'UTC';
      select m.id, c.name, s.name, l.email, m.step_number, m.status,
             extract(epoch from coalesce(m.sent_at, m.failed_at, m.unknown_since))
      from messages m join campaigns c on c.id = m.campaign_id join senders s on s.id = m.sender_id
      join leads l on l.id = m.lead_id
      where m.status in ('sent', 'failed', 'unknown')
      """
    ).map { row in
      let parts = row.split(separator: "|").map(String.init)
      let lead = Int(parts[3].dropFirst(5).prefix { $0 != "@" }) ?? -1
      return Sent(
        id: Int(parts[0]) ?? 0, campaign: parts[1], sender: parts[2], lead: lead, step: Int(parts[4]) ?? 0,
        status: parts[5], at: Date(timeIntervalSince1970: Double(parts[6]) ?? 0))
    }
    let broken = try broken(attempts, history)
    #expect(broken.isEmpty, "seed \(seed): \(broken.count), like \(broken.prefix(5))")

    // Each at most once, and what the server has is what the ledger says.
    let accepted = try server.events().filter { $0.name == "accepted" }.compactMap {
      $0.fields["message_id"] as? String
    }
    let ids = accepted.compactMap { Int($0.dropFirst().prefix { $0 != "." }) }
    #expect(ids.count == accepted.count && Set(ids).count == ids.count, "seed \(seed): some were accepted twice")
    #expect(Set(ids) == Set(attempts.filter { $0.status == "sent" }.map(\.id)), "seed \(seed)")
    // An address that does not exist was tried by one campaign only: once, or twice where little was sent meanwhile.
    let recipients = try server.events().compactMap { $0.fields["line"] as? String }.filter { $0.hasPrefix("RCPT") }
    #expect(
      recipients.count { $0.contains("-13@") } <= 2 && recipients.count { $0.contains("-52@") } <= 2, "seed \(seed)")

    // Nothing is left behind, and what was not sent says why.
    let states = try await workspace.sql("select status, count(*) from messages group by 1 order by 1")
    let statuses = try await workspace.sql("select distinct status from campaigns")
    #expect(statuses == ["completed"], "seed \(seed): \(states)")
    let reasons = try await workspace.sql(
      "select coalesce(skip_reason, failure_reason), count(*) from messages where status <> 'sent' group by 1 order by 2 desc"
    )
    #expect(reasons.allSatisfy { !$0.hasPrefix("|") }, "seed \(seed): \(reasons)")
    #expect(try await workspace.wrongCounters() == [])
    #expect(try await workspace.sql("select count(*) from lead_batches where active_campaign_id is not null") == ["0"])

    let counts = history.held.mapValues(\.count).sorted { $0.key < $1.key }
    print(
      """
      month: seed \(seed), \(history.ticks) ticks to \(history.end), \(accepted.count) accepted, \(states); held at least \
      once: \(counts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")); not sent: \(reasons)
      """)
    for rule in [
      "window", "daily_cap", "warm_up", "pace", "window of a message", "min_gap of a message", "domain of a message",
    ] {
      #expect(
        history.held[rule]?.isEmpty == false, "seed \(seed): the rule \(rule) never held anything: it was not tested")
    }
    for reason in ["the lead is replied", "suppressed", "the lead has no time zone"] {
      #expect(reasons.contains { $0.contains(reason) }, "seed \(seed): \(reasons)")
    }
  }
}
