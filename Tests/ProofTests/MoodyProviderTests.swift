import Foundation
import Support
import Testing

/// A provider that changes its mind by the hour, over a fortnight of three campaigns and two senders, and then a checker
/// that knows what is true: who exists, and that nobody else may pay.
@Suite(.serialized) struct MoodyProviderTests {
  // MARK: - What the provider may be like for some hours

  struct Mood {
    let name: String
    /// Rules of `scripted-smtp`; empty where it is well.
    var rules = ""
    /// Whether nobody can get through meanwhile.
    var isOfAll = true
    var hours = 1...3
  }

  private static let well = Mood(name: "well", isOfAll: false)

  private static func all(_ at: String, _ text: String, _ more: String = "") -> String {
    #"{"at":"\#(at)","do":"reply","text":"\#(text)"\#(more)}"#
  }

  private static let moods = [
    Mood(
      name: "quota", rules: all("dot", #"550-5.4.5 Daily user sending limit exceeded.\n550 5.4.5 see the help - gsmtp"#)
    ),
    Mood(name: "rate", rules: all("dot", "454 Throttling failure: Maximum sending rate exceeded.")),
    Mood(name: "disk", rules: all("mail", "452 4.3.1 Insufficient system storage"), hours: 1...5),
    Mood(name: "lookup", rules: all("rcpt", "451 4.3.0 <ADDRESS>: Temporary lookup failure")),
    Mood(name: "helo", rules: all("rcpt", "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname")),
    Mood(
      name: "not owned", rules: all("rcpt", "553 5.7.1 <a@acme.test>: Sender address rejected: not owned by user ada")),
    Mood(name: "user unknown", rules: all("rcpt", "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown")),
    Mood(
      name: "one domain", rules: all("rcpt", "550 5.7.1 Service unavailable; blocked", #","recipient":"@big.test""#),
      isOfAll: false),
    Mood(name: "denied", rules: all("rcpt", "550 5.7.1 Access denied")),
    Mood(
      name: "denied to one", rules: all("rcpt", "550 5.7.1 Access denied", #","recipient":"-07@""#), isOfAll: false),
    Mood(name: "refused connections", hours: 1...2),
    Mood(name: "421", rules: all("connect", "421 4.3.2 Service not available, closing transmission channel")),
    Mood(name: "hang-ups", rules: #"{"at":"mail","do":"drop"}"#),
    Mood(name: "suspended", rules: all("dot", "550 5.7.0 Your account has been suspended"), hours: 6...16),
    Mood(
      name: "callout",
      rules: all("rcpt", "550 5.1.0 <a@acme.test>: Sender address rejected: callout failed, undeliverable")),
    Mood(name: "content", rules: all("dot", "554 5.7.1 Message content rejected as spam")),
    Mood(name: "greylisting", isOfAll: false),
  ]

  // MARK: - What is true

  /// Who never exists; the first has a word in its name that means something else.
  private static let gone = [
    "relay-quota-gone@d3.test", "gone-13@big.test", "gone-14@own14.test", "gone-31@own31.test",
  ]
  private static let full = "full-20@own20.test"
  /// Exists, whatever a filter for words may think.
  private static let odd = "spam.relay.quota@own5.test"

  private static func leads(_ range: Range<Int>) -> [String] {
    range.map { lead in
      switch lead {
      case 3: gone[0]
      case 5: odd
      case 13, 14, 31: gone[lead == 13 ? 1 : lead == 14 ? 2 : 3]
      case 20: full
      default:
        String(format: "lead-%02d@", lead)
          + (lead % 3 == 0 ? "big.test" : lead % 3 == 1 ? "d\(lead % 4).test" : "own\(lead).test")
      }
    }
  }

  private static let batches = [("wide", 0..<40), ("capped", 30..<56), ("paced", 10..<28)]

  private func document(port: Int) -> String {
    """
    senders:
    - { name: acme-mail, channel: email, from: a@acme.test, url: "smtp://127.0.0.1:\(port)", connections: 4, lease: 20s,
        timeout: 15s, time_zone: Europe/London, daily_cap: 40 }
    - { name: bolt-mail, channel: email, from: b@bolt.test, url: "smtp://127.0.0.1:\(port)", lease: 20s, timeout: 15s,
        connections: 2, pace: { delay: [60, 90] } }
    templates: [{ name: hello, channel: email, subject: s, text: t }]
    workflows:
    - { name: wide, steps: [{ template: hello }, { template: hello, days_after_previous: 1 }, { template: hello, days_after_previous: 2 }] }
    - { name: capped, steps: [{ template: hello }, { template: hello, days_after_previous: 3 }] }
    - { name: paced, steps: [{ template: hello }, { template: hello, days_after_previous: 2 }] }
    campaigns:
    - { name: wide, workflow: wide, senders: [acme-mail], batches: [wide] }
    - { name: capped, workflow: capped, senders: [acme-mail], batches: [capped], min_gap: 0h,
        window: { days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", to: "20:00", time_zone: Europe/London } }
    - { name: paced, workflow: paced, senders: [bolt-mail], batches: [paced], min_gap: 0h }
    """
  }

  /// What was seen at one instant that must not be.
  private struct Log {
    var broken: [String] = []
    var moods: [String: Int] = [:]
    var ticks = 0
    var rests = 0
    var mostProbes = 0
  }

  private static let begin = Date(timeIntervalSince1970: 1_793_606_400)  // 2026-11-02T08:00:00Z
  private static let badDays = 8

  private func moods(_ random: inout SeededGenerator) -> [Mood] {
    var hours: [Mood] = []
    var left = Self.moods.shuffled(using: &random)
    while hours.count < Self.badDays * 24 {
      hours += Array(repeating: Self.well, count: Int.random(in: 1...4, using: &random))
      // Each of them once, before any comes again; now and then one behind the other.
      repeat {
        if left.isEmpty { left = Self.moods.shuffled(using: &random) }
        let mood = left.removeFirst()
        hours += Array(repeating: mood, count: Int.random(in: mood.hours, using: &random))
      } while Int.random(in: 0..<3, using: &random) == 0
    }
    return Array(hours.prefix(Self.badDays * 24))
  }

  private func rules(for mood: Mood, at day: Double) -> String {
    var rules: [String] = []
    if day < 3 { rules.append(Self.all("rcpt", "452 4.2.2 <ADDRESS>: Mailbox full", #","recipient":"\#(Self.full)""#)) }
    if mood.name == "greylisting" {
      rules += Self.leads(0..<56).map {
        Self.all(
          "rcpt", "450 4.2.0 <ADDRESS>: Recipient address rejected: Greylisted", #","recipient":"\#($0)","times":1"#)
      }
    }
    if !mood.rules.isEmpty { rules.append(mood.rules) }
    return "[\(rules.joined(separator: ","))]"
  }

  /// What must be seen after a tick.
  private func look(_ workspace: Workspace, _ tick: Ran, _ mood: Mood, _ now: Date, _ log: inout Log) async throws {
    // A little later than the tick: what has ended meanwhile has ended.
    let offset = "\(now.addingTimeInterval(5).timeIntervalSinceNow) s"
    let at = "\(now) (\(mood.name))"
    let stopped = tick.json["stopped"] as? [[String: Any]] ?? []
    if tick.exit != (stopped.isEmpty ? 0 : 69) {
      log.broken.append("\(at): exit \(tick.exit), \(tick.output) \(tick.errors)")
    }
    let strangers = tick.errors.matches(of: #/[\w.\-]+@([\w.]+)/#).filter {
      !["acme.test", "bolt.test"].contains($0.1)
    }
    if let stranger = strangers.first { log.broken.append("\(at): \(stranger.0) in \(tick.errors)") }
    log.rests += stopped.count
    guard mood.name != "well" else { return }
    let due = try await workspace.sql(
      """
      select c.name, coalesce(bool_or(s.rest_until > clock()), false), max(s.name) from campaigns c join messages m on m.campaign_id = c.id
      join senders s on s.id = m.sender_id
      where c.status = 'running' and m.status = 'pending' and m.scheduled_for <= clock() and m.not_before is null group by 1
      """, offset: offset)
    guard !due.isEmpty else { return }
    let standings =
      try await workspace.run("campaign-status", offset: offset).json["campaigns"] as? [[String: Any]] ?? []
    for row in due.map({ $0.split(separator: "|").map(String.init) }) {
      let standing = standings.first { $0["name"] as? String == row[0] }
      let reason = standing?["reason"] as? String
      if reason == nil { log.broken.append("\(at): \(row[0]) has messages due, and does not say why") }
      guard row[1] == "t" else { continue }
      if !stopped.contains(where: { $0["sender"] as? String == row[2] }) {
        // A sender whose campaigns all wait for their windows has nothing to say.
        if standing?["held_by"].map({ "\($0)".contains("window") }) != true {
          log.broken.append("\(at): \(row[2]) rests, and the tick does not say so: \(tick.output)")
        }
      }
      let words = stopped.first { $0["sender"] as? String == row[2] }?["reason"] as? String
      if let words, reason?.contains(words) == false, reason?.contains("window") == false,
        reason?.contains("cap") == false
      {
        log.broken.append("\(at): \(row[0]) says \(reason ?? ""), and not \(words)")
      }
    }
  }

  private func simulate(
    _ workspace: Workspace, _ server: SMTPServer, _ rulesFile: URL, _ random: inout SeededGenerator
  ) async throws -> Log {
    var log = Log()
    let moods = moods(&random)
    var now = Self.begin
    var url = ""
    var read = 0
    var probes: [String: Int] = [:]
    let logFile = try FileHandle(forReadingFrom: server.folder.appendingPathComponent("log"))
    while now < Self.begin.addingTimeInterval(14 * 86_400) {
      let hour = Int(now.timeIntervalSince(Self.begin) / 3600)
      let mood = hour < moods.count ? moods[hour] : Self.well
      let hasChanged = hour == 0 || hour <= moods.count && moods[hour - 1].name != mood.name
      if hasChanged {
        probes = [:]
        log.moods[mood.name, default: 0] += 1
        try Data(rules(for: mood, at: Double(hour) / 24).utf8).write(to: rulesFile, options: .atomic)
        let wanted = "smtp://127.0.0.1:\(mood.name == "refused connections" ? 1 : server.port)"
        if wanted != url { try await workspace.sql("update senders set url = '\(wanted)'") }
        url = wanted
      } else if hour % 24 == 0 {
        try Data(rules(for: mood, at: Double(hour) / 24).utf8).write(to: rulesFile, options: .atomic)
      }
      // Not on the hour, and not where a rest ends.
      for minute in hasChanged ? [2, 8, 33] : hour < moods.count ? [8, 33] : hour % 3 == 0 ? [3, 13, 23, 33] : [] {
        let instant = Self.begin.addingTimeInterval(Double(hour) * 3600 + Double(minute) * 60)
        let tick = try await workspace.run("tick", ["--budget", "1"], offset: "\(instant.timeIntervalSinceNow) s")
        log.ticks += 1
        try await look(workspace, tick, mood, instant, &log)
        try logFile.seek(toOffset: UInt64(read))
        let data = try logFile.readToEnd() ?? Data()
        read += data.count
        guard mood.isOfAll else { continue }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
          guard let from = line.firstMatch(of: #/"line": "MAIL FROM:<([^>]*)>/#)?.1 else { continue }
          probes["\(hour) \(from)", default: 0] += 1
        }
      }
      if let most = probes.max(by: { $0.value < $1.value }) {
        log.mostProbes = max(log.mostProbes, most.value)
        if most.value > 12 { log.broken.append("hour \(most.key), \(mood.name): \(most.value) mails were tried") }
      }
      now = Self.begin.addingTimeInterval(Double(hour + 1) * 3600)
    }
    return log
  }

  /// What breaks in a fortnight is two moods together: a doubt of one hour that is believed in another.
  @Test("Whatever a provider says by the hour, in the end everybody is reached who can be, and nobody else is blamed")
  func fortnight() async throws {
    let seed = seed(unlessSaid: 12)
    var random = SeededGenerator(seed: seed)
    let workspace = try await Workspace()
    let rulesFile = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: rulesFile) }
    try Data("[]".utf8).write(to: rulesFile)
    let always = Self.gone.map {
      Self.all(
        "rcpt", "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown in relay recipient table",
        #","recipient":"\#($0)""#)
    }
    let server = try await SMTPServer(
      script: "[\(always.joined(separator: ","))]", options: ["--rules", rulesFile.path])
    for (name, range) in Self.batches {
      let ran = try await workspace.run(
        "import-leads", ["--batch", name],
        input: (["email,first_name"] + Self.leads(range).map { "\($0),Zoë" }).joined(separator: "\n") + "\n")
      try #require(ran.exit == 0, "\(ran.errors)")
    }
    let begin = "\(Self.begin.timeIntervalSinceNow) s"
    let applied = try await workspace.run("apply", input: document(port: server.port), offset: begin)
    try #require(applied.exit == 0, "\(applied.errors)")
    for (name, _) in Self.batches {
      let started = try await workspace.run("start-campaign", [name], offset: begin)
      try #require(started.exit == 0, "\(started.errors)")
    }
    let log = try await simulate(workspace, server, rulesFile, &random)
    #expect(log.broken.isEmpty, "seed \(seed): \(log.broken.count), like \(log.broken.prefix(4))")

    let rows = try await workspace.sql(
      """
      select c.name, l.email, m.step_number, m.status, coalesce(m.failure_reason, m.skip_reason, m.held_by, '')
      from messages m join campaigns c on c.id = m.campaign_id join leads l on l.id = m.lead_id
      where m.status <> 'sent' order by 1, 2, 3
      """)
    let wrong = rows.filter { row in !(Self.gone + [Self.full]).contains { row.contains("|\($0)|") } }
    #expect(wrong.isEmpty, "seed \(seed): \(wrong.count), like \(wrong.prefix(5))")
    let suppressed = try await workspace.sql("select value from suppressions")
    #expect(Set(suppressed).isSubset(of: Self.gone), "seed \(seed): \(suppressed)")
    let accepted = try server.events().filter { $0.name == "accepted" }.compactMap {
      $0.fields["message_id"] as? String
    }
    #expect(Set(accepted).count == accepted.count, "seed \(seed): some went out twice")
    let sent = try await workspace.sql("select count(*) from messages where status = 'sent'")
    #expect(sent == ["\(accepted.count)"], "seed \(seed)")
    #expect(try await workspace.sql("select distinct status from campaigns") == ["completed"], "seed \(seed): \(rows)")
    #expect(try await workspace.wrongCounters() == [])
    print(
      """
      fortnight: seed \(seed), \(log.ticks) ticks, \(log.rests) rests told, \(accepted.count) accepted, at most \(log.mostProbes) \
      tried in an hour of a bad mood; \(log.moods.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")); \
      not sent: \(rows)
      """)
  }
}
