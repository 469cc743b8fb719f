import Foundation
import Support
import Testing

/// The programs that rules of sending come in by, and the one that says which rule holds a campaign back.
@Suite struct RulesTests {
  private func offset(to instant: String, plus seconds: Double = 0) -> String {
    "\((ISO8601DateFormatter().date(from: instant) ?? .distantPast).timeIntervalSinceNow + seconds) s"
  }

  // MARK: - apply

  private let senderKeys = """
    time_zone: America/New_York, daily_cap: 2000, warm_up: { start: 20, factor: 1.35 }, pace: { per_minute: 600 },
    domains: { Gmail.com: { per_hour: 100 }, bücher.test: { per_second: 2 } }
    """

  private func document(sender: String, campaign: String) -> String {
    """
    senders: [{ name: s, channel: email, from: a@b.test, url: "smtp://x", \(sender) }]
    templates: [{ name: t, channel: email, subject: s, text: x }]
    campaigns: [{ name: c, template: t, senders: [s], leads: [ada@acme.test], \(campaign) }]
    """
  }

  /// Each value has a column to get lost in; and what is left out must go back to its standard.
  @Test("Every rule of a document is stored as it says, and what is left out later is gone")
  func stored() async throws {
    let workspace = try await Workspace()
    try await workspace.sql("insert into leads (email) values ('ada@acme.test')")
    let campaign = """
      window: { days: [fri, mon, mon], from: "22:00", to: "02:30", time_zone: lead }, min_gap: 36h,
      start_at: 2026-05-04T09:00:00+02:00
      """
    let rules = """
      select time_zone, daily_cap, warm_up_start, warm_up_factor, pace_count, pace_period, delay_min, delay_max from senders;
      select domain, pace_count, pace_period from sender_domains where pace_count is not null order by 1;
      select window_days, window_from, window_to, window_zone, min_gap, scheduled_start_at at time zone 'UTC', start_type
      from campaigns
      """
    for _ in 0..<2 {
      let ran = try await workspace.run("apply", input: document(sender: senderKeys, campaign: campaign))
      #expect(ran.exit == 0, "\(ran.errors)")
      #expect(
        try await workspace.sql(rules) == [
          "America/New_York|2000|20|1.35|600|00:01:00||", "bücher.test|2|00:00:01", "gmail.com|100|01:00:00",
          "{1,5}|22:00:00|02:30:00|lead|36:00:00|2026-05-04 07:00:00|scheduled",
        ])
    }
    // A day to the millisecond, the whole of it; and a delay takes the place of the pace.
    let ran = try await workspace.run(
      "apply",
      input: document(
        sender: "pace: { delay: [500ms, 15] }, domains: { gmail.com: { per_minute: 7 } }",
        campaign: "window: { from: \"00:00\", to: \"24:00\", time_zone: europe/london }, min_gap: 0"))
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(
      try await workspace.sql(rules) == [
        "||||||00:00:00.5|00:00:15", "gmail.com|7|00:01:00",
        "{1,2,3,4,5,6,7}|00:00:00|24:00:00|europe/london|00:00:00||immediate",
      ])
    #expect(
      try await workspace.run("apply", input: document(sender: "connections: 3", campaign: "type: outreach")).exit == 0)
    #expect(try await workspace.sql(rules) == ["|||||||", "||||24:00:00||immediate"])
  }

  /// What is taken here and refused by a CHECK would end as a bug of ours, 70.
  @Test(
    "The smallest and the largest of every rule are taken",
    arguments: [
      ("time_zone: UTC, daily_cap: 1000000000, warm_up: { start: 1000000, factor: 100 }", "min_gap: 8760h"),
      ("time_zone: UTC, warm_up: { start: 1, factor: 1 }, pace: { per_second: 100000 }", "min_gap: 1ms"),
      ("pace: { delay: [0, 0] }, domains: { a.b: { per_hour: 100000 } }", "start_at: 9999-12-31T23:59:59.999999-14:59"),
      ("pace: { delay: [24h, 24h] }", "start_at: \"1970-01-01T00:00Z\""),
      ("connections: 1", "window: { days: [SUN], from: \"00:01\", to: \"00:00\", time_zone: UTC }"),
    ])
  func extremes(sender: String, campaign: String) async throws {
    let workspace = try await Workspace()
    try await workspace.sql("insert into leads (email) values ('ada@acme.test')")
    let ran = try await workspace.run("apply", input: document(sender: sender, campaign: campaign))
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(try await workspace.run("campaign-status", ["c"]).exit == 0)
  }

  // MARK: - import-leads

  /// Found out when it was to be sent, it would be one skipped message after the other.
  @Test("A lead's time zone that is not known is refused with its line, and a known one is kept")
  func importedZones() async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run(
      "import-leads", ["--batch", "b"],
      input:
        "email,Time Zone\na@x.test,Europe/London\nb@x.test,Europe/Atlantis\nc@x.test,\nd@x.test,asia/tokyo\ne@x.test,UTC+2\n"
    )
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.json["rejected"] as? Int == 2)
    let rejects = ran.json["rejects"] as? [[String: Any]] ?? []
    #expect(rejects.map { $0["line"] as? Int } == [3, 6])
    let reason = rejects.first?["reason"] as? String ?? ""
    #expect(reason.contains("there is no time zone \"Europe/Atlantis\""))
    #expect(
      try await workspace.sql("select email, time_zone from leads order by 1") == [
        "a@x.test|Europe/London", "c@x.test|", "d@x.test|asia/tokyo",
      ])
  }

  // MARK: - suppress

  /// The list and the leads each had their own way to lower a letter: whoever has another one than A to Z in the address
  /// got the mail that they had asked not to get.
  @Test(
    "An address is suppressed whatever its letters and their case", arguments: ["İNFO@acme.test", "JOSÉ@Acme.Test"])
  func lettersOfASuppression(_ address: String) async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 2)
    try await workspace.sql(
      "update leads set email = '\(address)' where id = (select id from leads order by email limit 1)")
    #expect(try await workspace.run("suppress", [address]).json["added"] as? Int == 1)
    #expect(try await workspace.run("suppress", [address]).json["known"] as? Int == 1)
    try await workspace.run("start-campaign", ["spring"])
    #expect(try await workspace.run("tick").exit == 0)
    #expect(try await workspace.states() == ["skipped": 1, "sent": 1])
    #expect(try await workspace.run("suppress", ["--remove", address]).json["removed"] as? Int == 1)
  }

  /// Half a list that is taken is a list of which nobody knows which half.
  @Test("A CSV with wrong rows is refused whole, with every mistake and its line")
  func wrongRows() async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run(
      "suppress", ["--csv", "-"],
      input: """
        email,channel,reason
        ada@acme.test,email,asked
        nobody,,
        bob@@acme.test,email,
        "two
        lines@x.test",,
        eve@acme.test,pigeon,
        ,email,
        """)
    #expect(ran.exit == 65)
    let lines = ran.errors.split(separator: "\n").map(String.init)
    #expect(lines.count == 5, "\(ran.errors)")
    for (line, text) in zip(
      lines, ["line 3: ", "line 4: ", "line 5: ", "line 7: the channel must be all, email", "line 8: "])
    {
      #expect(line.contains(text), "\(line)")
    }
    #expect(try await workspace.sql("select count(*) from suppressions") == ["0"])
  }

  /// The list is fed from the systems of others, in whatever way they write an address.
  @Test("Addresses, phones and domains are kept in one spelling, and what is there twice is known")
  func spellings() async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run(
      "suppress", ["--csv", "-", "--channel", "email"],
      input:
        "reason,ADDRESS,channel\n,Ada@ACME.test,\nleft,@Gone.test,all\n, +49 (30) 123-456 ,voice\n,ada@acme.TEST,\n")
    #expect(ran.exit == 0 && ran.json["added"] as? Int == 3, "\(ran.output) \(ran.errors)")
    #expect(
      try await workspace.sql("select value, channel, reason, source from suppressions order by value collate \"C\"")
        == [
          "+4930123456|voice|on request|suppress", "ada@acme.test|email|on request|suppress",
          "gone.test|all|left|suppress",
        ])
    let again = try await workspace.run("suppress", ["ADA@acme.test", "--channel", "email", "--reason", "twice"])
    #expect(again.json["added"] as? Int == 0 && again.json["known"] as? Int == 1)
    let listed = try await workspace.run("suppress", ["--list", "ada@acme.test"])
    #expect(listed.json["reason"] as? String == "twice" && listed.json["channel"] as? String == "email")
    #expect(try await workspace.run("suppress", ["--remove", "ada@acme.test", "--channel", "voice"]).exit == 66)
    #expect(try await workspace.run("suppress", ["--remove", "ada@acme.test"]).json["removed"] as? Int == 1)
    #expect(try await workspace.sql("select count(*) from suppressions") == ["2"])
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let exit: Int32
    init(_ exit: Int32, _ arguments: String...) { (self.arguments, self.exit) = (arguments, exit) }
    var testDescription: String { arguments.joined(separator: " ") }
  }

  /// A domain that was mistyped would stop nobody, in silence.
  @Test(
    "What is no address, phone or domain is refused, and nothing or too much given is a wrong command line",
    arguments: [
      Refused(65, "nobody"), Refused(65, "a@b@c.test"), Refused(65, "x@"), Refused(65, "x..test"), Refused(65, "+49"),
      Refused(64), Refused(64, "ada@acme.test", "--csv", "-"), Refused(64, "ada@acme.test", "--channel", "fax"),
      Refused(66, "--csv", "/nowhere"),
    ])
  func wrongSuppressions(refused: Refused) async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run("suppress", refused.arguments)
    #expect(ran.exit == refused.exit, "\(ran.errors)")
    #expect(try await workspace.sql("select count(*) from suppressions") == ["0"])
  }

  // MARK: - set-lead

  /// Two people share a phone: one of them said no, and nobody knows which.
  @Test("A lead is changed by its email or its phone; a phone that two have changes nobody")
  func setLead() async throws {
    let workspace = try await Workspace()
    try await workspace.sql(
      """
      insert into leads (email, phone, status) values ('ada@acme.test', '+4930111', 'contacted'),
        ('bob@acme.test', '+4930222', 'new'), ('eve@acme.test', '+4930222', 'new')
      """)
    let replied = try await workspace.run("set-lead", ["ADA@acme.test", "--status", "replied"])
    #expect(replied.json["was"] as? String == "contacted" && replied.json["status"] as? String == "replied")
    #expect(try await workspace.run("set-lead", ["+4930111", "--time-zone", "Europe/Lisbon"]).exit == 0)
    let shared = try await workspace.run("set-lead", ["+4930222", "--status", "replied"])
    #expect(shared.exit == 65 && shared.errors.contains("2 leads have this phone"))
    #expect(try await workspace.run("set-lead", ["nobody@acme.test", "--status", "replied"]).exit == 66)
    #expect(try await workspace.run("set-lead", ["ada@acme.test"]).exit == 64)
    #expect(try await workspace.run("set-lead", ["ada@acme.test", "--status", "follow_up_1"]).exit == 64)
    let zone = try await workspace.run("set-lead", ["ada@acme.test", "--time-zone", "Europe/Atlantis"])
    #expect(zone.exit == 65 && zone.errors.contains("there is no time zone \"Europe/Atlantis\""))
    #expect(
      try await workspace.sql("select email, status, time_zone from leads order by 1") == [
        "ada@acme.test|replied|Europe/Lisbon", "bob@acme.test|new|", "eve@acme.test|new|",
      ])
  }

  // MARK: - campaign-status

  struct Held: Sendable, CustomTestStringConvertible {
    let rule: String
    let sql: String
    let sender: String?
    let until: String
    /// Part of the reason in words.
    let reason: String
    var sent = 0
    var testDescription: String { rule }
  }

  /// A campaign that does not send and does not say why is a call in the night.
  @Test(
    "A campaign that a rule holds back says which one, for which sender and until when",
    arguments: [
      Held(
        rule: "window",
        sql:
          "update campaigns set window_days = '{1}', window_from = '20:00', window_to = '22:00', window_zone = 'UTC'",
        sender: nil, until: "2026-05-04T20:00:00Z", reason: "it waits for its window"),
      Held(
        rule: "window",
        sql: """
          update campaigns set window_days = '{1,2}', window_from = '09:00', window_to = '17:00', window_zone = 'lead';
          update leads set time_zone = 'Asia/Tokyo'
          """, sender: "spring-mail", until: "2026-05-05T00:00:00Z", reason: "it waits for its window"),
      Held(
        rule: "daily_cap", sql: "update senders set daily_cap = 2, time_zone = 'America/New_York'",
        sender: "spring-mail",
        until: "2026-05-05T04:00:00Z", reason: "the daily cap of the sender \"spring-mail\" is used up", sent: 2),
      Held(
        rule: "warm_up",
        sql: "update senders set daily_cap = 20, warm_up_start = 1, warm_up_factor = 2, time_zone = 'Asia/Kathmandu'",
        sender: "spring-mail", until: "2026-05-04T18:15:00Z", reason: "which is warming up", sent: 1),
      Held(
        rule: "pace", sql: "update senders set pace_count = 2, pace_period = '1 hour'", sender: "spring-mail",
        until: "2026-05-04T12:30", reason: "waits for the pace of the sender", sent: 1),
      Held(
        rule: "min_gap",
        sql: "update leads set touched_by = gen_random_uuid(), touched_at = '2026-05-04T01:02:03Z'",
        sender: "spring-mail", until: "2026-05-05T01:02:03Z", reason: "contacted by another campaign"),
      Held(
        rule: "domain",
        sql: """
          insert into sender_domains (sender_id, domain, concurrency, dead_until)
          select id, 'x.test', 1, '2026-05-04T13:00:00Z' from senders
          """, sender: "spring-mail", until: "2026-05-04T13:00:01Z", reason: "the receiving domain takes no more"),
    ])
  func heldBy(held: Held) async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 3)
    try await workspace.sql(held.sql)
    let noon = "2026-05-04T12:00:00Z"
    try await workspace.run("start-campaign", ["spring"], offset: offset(to: noon))
    let tick = try await workspace.run("tick", ["--budget", "2"], offset: offset(to: noon, plus: 2))
    #expect(tick.exit == 0 && tick.json["sent"] as? Int == held.sent, "\(tick.output) \(tick.errors)")
    let status = try await workspace.run("campaign-status", ["spring"], offset: offset(to: noon, plus: 5)).json
    let holds = status["held_by"] as? [[String: Any]] ?? []
    #expect(holds.map { $0["rule"] as? String } == [held.rule], "\(status)")
    #expect(holds.first?["sender"] as? String == held.sender)
    let until = holds.first?["until"] as? String ?? ""
    #expect(until.hasPrefix(held.until), "\(holds)")
    let reason = status["reason"] as? String ?? ""
    #expect(reason.contains(held.reason), "\(reason)")
    #expect((status["messages"] as? [String: Int])?["pending"] == 3 - held.sent)
  }

  /// What is held is not forgotten when the rule has gone.
  @Test("A campaign that nothing holds back any more says nothing of it, and completes")
  func released() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 3)
    try await workspace.sql("update senders set daily_cap = 2, time_zone = 'UTC'")
    try await workspace.run("start-campaign", ["spring"], offset: offset(to: "2026-05-04T12:00:00Z"))
    try await workspace.run("tick", offset: offset(to: "2026-05-04T12:00:10Z"))
    let status = try await workspace.run("campaign-status", ["spring"], offset: offset(to: "2026-05-05T00:00:10Z")).json
    #expect((status["held_by"] as? [Any])?.isEmpty == true)
    #expect(status["reason"] as? String == "messages are due: they wait for the next tick")
    let tick = try await workspace.run("tick", offset: offset(to: "2026-05-05T00:00:20Z"))
    #expect(tick.json["completed"] as? [String] == ["spring"])
  }
}
