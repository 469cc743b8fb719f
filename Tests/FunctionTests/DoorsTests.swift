import Foundation
import Support
import Testing

/// What a person or a document changes while campaigns run.
@Suite struct DoorsTests {
  private func offset(to instant: String) -> String {
    "\((ISO8601DateFormatter().date(from: instant) ?? .distantPast).timeIntervalSinceNow) s"
  }

  // MARK: - What is open

  private func completed() async throws -> Workspace {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 2)
    try await workspace.run("start-campaign", ["spring"])
    try #require(try await workspace.run("tick").json["completed"] as? [String] == ["spring"])
    return workspace
  }

  private let everything =
    "select to_jsonb(c) - 'updated_at' from campaigns c; table lead_batches; table campaign_events; table messages"

  /// It was made paused, with the batches taken and nothing to send: resumed, it ran for ever.
  @Test("Sending again where nothing is unknown changes nothing, and takes nothing")
  func nothingUnknown() async throws {
    let workspace = try await completed()
    let before = try await workspace.sql(everything)
    let ran = try await workspace.run("resolve-unknown", ["spring", "--resend"])
    #expect(ran.exit == 0 && ran.json["status"] as? String == "completed", "\(ran.output) \(ran.errors)")
    #expect(ran.json["resolved"] as? Int == 0 && ran.errors.contains("nothing was changed"))
    #expect(try await workspace.sql(everything) == before)
  }

  /// The operator has looked at a list, and a late outcome settles the last of it before the answer is given.
  @Test("Sending again what was settled a moment before changes nothing")
  func settledBefore() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"accepted","do":"drop","times":1}]"#)
    try await workspace.seed(port: server.port, leads: 1)
    try await workspace.run("start-campaign", ["spring"])
    try #require(try await workspace.run("tick").json["unknown"] as? Int == 1)
    let session = try workspace.session()
    try session.ask("begin; select 1 from campaigns for no key update;")
    let resend = try workspace.start("resolve-unknown", ["spring", "--resend"])
    try session.wait(untilBlocked: 1)
    try session.ask(
      """
      update unknown_attempts set late_outcome = 'accepted', settled_at = clock();
      update messages set status = 'sent', sent_at = clock(), times_accepted = 1, unknown_since = null, failure_reason = null;
      update campaign_steps set unknown = 0, sent = 1;
      update campaigns set emails_sent_count = 1;
      commit;
      """)
    let ran = await resend.wait()
    session.end()
    #expect(ran.exit == 0 && ran.json["status"] as? String == "completed", "\(ran.output) \(ran.errors)")
    #expect(try await workspace.sql("select status, open_count from campaigns") == ["completed|0"])
    #expect(try await workspace.sql("select active_campaign_id is null from lead_batches") == ["t"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Whatever bug comes next, the database refuses a campaign that can never complete, and one that is complete and sends.
  @Test("An open campaign has something open, and one of which something is open again is open")
  func isOpen() async throws {
    let workspace = try await completed()
    for status in ["running", "paused", "failed"] {
      let time = ["paused": ", paused_at = clock()", "failed": ", failed_at = clock()"][status] ?? ""
      try await workspace.sql(
        """
        do $$ begin
          update campaigns set status = '\(status)', completed_at = null\(time);
          raise 'a campaign is \(status), and has nothing open';
        exception when check_violation then null; end $$
        """)
    }
    try await workspace.sql("update campaigns set open_count = 1")
    #expect(
      try await workspace.sql("select status, completed_at is null, paused_at is not null, pause_number from campaigns")
        == ["paused|t|t|1"])
    // What a campaign that generates leads has to do is not known by its messages.
    try await workspace.sql("update campaigns set campaign_type = 'fully_automated', open_count = 0")
    let stuck = try await workspace.run("resume-stuck")
    #expect((stuck.json["mended"] as? [Any])?.isEmpty == true, "\(stuck.output)")
    #expect(try await workspace.sql("select status from campaigns") == ["paused"])
  }

  /// A workspace that somebody has slipped in could not be brought up to date.
  @Test("The migration completes what was reopened with nothing in it, and makes a draft of what has no start time")
  func mended() async throws {
    let workspace = try await completed()
    for name in ["counted", "waiting"] {
      try await workspace.seed(name, port: 1, leads: 2)
      try await workspace.run("start-campaign", [name])
    }
    try await workspace.sql(
      """
      drop trigger campaigns_reopen on campaigns;
      drop function mark_reopened();
      alter table campaigns drop constraint campaigns_has_open;
      update campaigns set status = 'paused', completed_at = null, paused_at = clock() where name = 'spring';
      update campaigns set open_count = 0 where name = 'counted';
      delete from messages where campaign_id = (select id from campaigns where name = 'waiting');
      delete from campaign_steps where campaign_id = (select id from campaigns where name = 'waiting');
      update campaigns set status = 'scheduled', actual_started_at = null, open_count = 0 where name = 'waiting';
      update lead_batches set active_campaign_id = (select id from campaigns where name = 'spring') where name = 'spring-leads';
      """)
    let migration = Machine.root.appendingPathComponent("sql/migrations/0006-doors.sql")
    try await workspace.sql("begin;\n" + String(contentsOf: migration, encoding: .utf8) + ";\ncommit;")
    #expect(
      try await workspace.sql("select name, status, open_count from campaigns order by name")
        == ["counted|running|2", "spring|completed|0", "waiting|draft|0"])
    #expect(
      try await workspace.sql("select name from lead_batches where active_campaign_id is null order by name")
        == ["spring-leads", "waiting-leads"])
    #expect(
      try await workspace.sql("select becomes, reason from campaign_events where reason is not null order by id")
        == ["completed|nothing of it was open", "draft|it had no start time any more"])
  }

  // MARK: - Rules that are gone

  private func document(sender: String = "", campaign: String = "", text: String = "x") -> String {
    """
    senders: [{ name: s, channel: email, from: a@b.test, url: "smtp://127.0.0.1:1"\(sender) }]
    templates: [{ name: t, channel: email, subject: s, text: "\(text)" }]
    campaigns: [{ name: c, template: t, senders: [s], batches: [b]\(campaign) }]
    """
  }

  /// A campaign `c` from a document, and leads in two domains.
  private func applied(sender: String = "", campaign: String = "", start: Bool = true) async throws -> Workspace {
    let workspace = try await Workspace()
    let leads = (1...4).map { "a\($0)@x.test,Bern\nb\($0)@y.test,\n" }.joined()
    try #require(try await workspace.run("import-leads", ["--batch", "b"], input: "email,city\n" + leads).exit == 0)
    let ran = try await workspace.run("apply", input: document(sender: sender, campaign: campaign))
    try #require(ran.exit == 0, "\(ran.errors)")
    if start { try #require(try await workspace.run("start-campaign", ["c"]).exit == 0) }
    return workspace
  }

  private let held = """
    select split_part(l.email, '@', 2), coalesce(m.held_by, '-'), count(*)
    from messages m join leads l on l.id = m.lead_id group by 1, 2 order by 1, 2
    """

  /// 10,000 leads of a domain with one an hour were told times up to 14 months ahead, and kept them.
  @Test(
    "A domain's pace that is removed, raised or lowered lets go what waited for it; the same one does not",
    arguments: [
      "", ", domains: { x.test: { per_second: 5 } }", ", domains: { x.test: { per_hour: 2 }, y.test: { per_hour: 1 } }",
    ])
  func domains(sender: String) async throws {
    let old = ", domains: { x.test: { per_hour: 1 } }"
    let workspace = try await applied(sender: old)
    try await workspace.sql(
      """
      update messages m set not_before = clock() + interval '20 hours', held_by = 'domain'
      from leads l where l.id = m.lead_id and l.email like '%@x.test';
      update sender_domains set horizon = clock() + interval '20 hours', next_at = clock() + interval '1 hour';
      """)
    let before = try await workspace.sql("table messages; table sender_domains")
    #expect(try await workspace.run("apply", input: document(sender: old)).exit == 0)
    #expect(try await workspace.sql("table messages; table sender_domains") == before)
    let ran = try await workspace.run("apply", input: document(sender: sender))
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(try await workspace.sql(held) == ["x.test|-|4", "y.test|-|4"])
    #expect(
      try await workspace.sql(
        "select count(*) from sender_domains where horizon is not null or next_at > clock() + interval '31 minutes'")
        == ["0"])
  }

  /// The provider is asked again at once, because somebody has mended what it complained of.
  @Test("A sender that is applied again lets go what its provider held, and nothing of another's")
  func provider() async throws {
    let workspace = try await applied()
    try await workspace.seed("other", port: 1, leads: 1)
    try await workspace.run("start-campaign", ["other"])
    try await workspace.sql(
      """
      update messages set not_before = clock() + interval '1 day', held_by = 'provider'
      where lead_id in (select id from leads where email like 'a%' or email like 'other%');
      update messages set not_before = clock() + interval '1 day', held_by = 'min_gap'
      where lead_id in (select id from leads where email like 'b%');
      """)
    #expect(try await workspace.run("apply", input: document()).exit == 0)
    #expect(try await workspace.sql(held) == ["x.test|-|4", "x.test|provider|1", "y.test|min_gap|4"])
  }

  // MARK: - Start times

  /// A slip in a document wrote to ten thousand people weeks too early.
  @Test("A scheduled campaign whose start time is taken out of its document is a draft again, and its batches are free")
  func withoutStartTime() async throws {
    let workspace = try await applied(campaign: ", start_at: 2999-05-04T09:00:00Z")
    #expect(try await workspace.sql("select status from campaigns") == ["scheduled"])
    #expect(try await workspace.run("apply", input: document()).exit == 0)
    #expect(try await workspace.sql("select status from campaigns") == ["draft"])
    #expect(
      try await workspace.sql(
        "select active_campaign_id is null, campaign_history -> -1 ->> 'because' from lead_batches") == ["t|draft"])
    #expect(
      try await workspace.sql("select was, becomes, reason from campaign_events order by id desc limit 1")
        == ["scheduled|draft|its start time was taken out of its document"])
    let tick = try await workspace.run("tick")
    #expect(tick.exit == 0 && tick.json["started"] as? [String] == [], "\(tick.output)")
    #expect(try await workspace.states(of: "c") == [:])
    // And it is one: it can be scheduled again.
    #expect(
      try await workspace.run("apply", input: document(campaign: ", start_at: 2999-05-04T09:00:00Z")).exit == 0)
    #expect(try await workspace.run("start-campaign", ["c"]).json["status"] as? String == "scheduled")
    // Paused while it waits, it is held, and would be scheduled for no time when it is resumed.
    #expect(try await workspace.run("pause-campaign", ["c"]).exit == 0)
    #expect(try await workspace.run("apply", input: document()).exit == 0)
    #expect(try await workspace.sql("select status from campaigns") == ["draft"])
  }

  /// No time is not now, wherever it comes from.
  @Test("A tick starts nothing that has no start time")
  func noTime() async throws {
    let workspace = try await applied(campaign: ", start_at: 2999-05-04T09:00:00Z")
    try await workspace.sql("update campaigns set scheduled_start_at = null")
    #expect(try await workspace.run("tick").json["started"] as? [String] == [])
  }

  /// It was started at once, in the middle of the night that it was scheduled around.
  @Test("Starting a campaign that was paused while it was scheduled schedules it again; past its time a tick starts it")
  func pausedBeforeItsStart() async throws {
    let workspace = try await applied(campaign: ", start_at: 2999-05-04T09:00:00Z")
    #expect(try await workspace.run("pause-campaign", ["c"]).exit == 0)
    let started = try await workspace.run("start-campaign", ["c"])
    #expect(started.exit == 0 && started.json["status"] as? String == "scheduled", "\(started.output)")
    #expect(started.json["start_at"] as? String == "2999-05-04T09:00:00Z")
    #expect(try await workspace.states(of: "c") == [:])
    #expect(try await workspace.run("pause-campaign", ["c"]).exit == 0)
    try await workspace.sql("update campaigns set scheduled_start_at = clock() - interval '1 hour'")
    #expect(try await workspace.run("start-campaign", ["c"]).json["started"] as? Bool == false)
    #expect(try await workspace.states(of: "c") == [:])
    #expect(try await workspace.run("tick", ["--budget", "1"]).json["started"] as? [String] == ["c"])
  }

  // MARK: - Templates

  /// One slip in a template of a running campaign, and every mail from then on has a hole.
  @Test(
    "A template that asks an open campaign for what none of its leads has is refused; a start is not the only door",
    arguments: ["scheduled", "running", "paused", "failed", "draft"])
  func templates(status: String) async throws {
    let workspace = try await applied(
      campaign: status == "scheduled" ? ", start_at: 2999-05-04T09:00:00Z" : "", start: status != "draft")
    if status == "paused" { try await workspace.run("pause-campaign", ["c"]) }
    if status == "failed" { try await workspace.sql("update campaigns set status = 'failed', failed_at = clock()") }
    try #require(try await workspace.sql("select status from campaigns") == [status])
    // The document need not name the campaign.
    func template(_ text: String) -> String {
      "templates: [{ name: other, channel: email, subject: s, text: x }, { name: t, channel: email, subject: s, text: \"\(text)\" }]"
    }
    let wrong = try await workspace.run("apply", input: template("Hi {{frist_name}} in {{city}}"))
    if status == "draft" {
      #expect(wrong.exit == 0, "\(wrong.errors)")
    } else {
      #expect(wrong.exit == 65)
      for part in ["templates[1]: ", "the template \"t\"", "{{frist_name}}", "the campaign \"c\"", status] {
        #expect(wrong.errors.contains(part), "\(wrong.errors)")
      }
      #expect(!wrong.errors.contains("{{city}}"))
      #expect(try await workspace.sql("select name, text from email_templates") == ["t|x"])
      #expect(try await workspace.run("apply", input: template("Hi {{city}}")).exit == 0)
    }
  }

  // MARK: - Time zones

  /// Each is something that PostgreSQL takes, and nobody's wall clock: no summer time, the wrong sign, or this host's own.
  @Test(
    "A time zone is a place's, at every door",
    arguments: [
      "EST", "est", "MST7MDT", "Etc/GMT+2", "etc/gmt-14", "localtime", "posixrules", "Factory", "GMT+0", "GMT", "UCT",
      "CET",
      "posix/Europe/London", "right/Europe/London", "UTC+2", "EST5EDT,M3.2.0,M11.1.0", "<+05>-5", "Europe/Atlantis",
    ])
  func zones(zone: String) async throws {
    let workspace = try await Workspace()
    try await workspace.sql("insert into leads (email) values ('ada@acme.test')")
    let sentence = "there is no time zone \"\(zone)\"; it must be like Europe/London"
    let applied = try await workspace.run(
      "apply",
      input: """
        senders: [{ name: s, channel: email, from: a@b.test, url: "smtp://x", daily_cap: 5, time_zone: "\(zone)" }]
        templates: [{ name: t, channel: email, subject: s, text: x }]
        campaigns:
          - { name: c, template: t, senders: [s], leads: [ada@acme.test],
              window: { from: "09:00", to: "17:00", time_zone: "\(zone)" } }
        """)
    #expect(applied.exit == 65)
    #expect(applied.errors.contains("senders[0].time_zone: \(sentence)"), "\(applied.errors)")
    #expect(applied.errors.contains("campaigns[0].window.time_zone: \(sentence)"), "\(applied.errors)")
    let imported = try await workspace.run(
      "import-leads", ["--batch", "b"], input: "email,time_zone\nbob@acme.test,\"\(zone)\"\neve@acme.test,Asia/Tokyo\n")
    #expect(imported.json["rejected"] as? Int == 1, "\(imported.output) \(imported.errors)")
    #expect((imported.json["rejects"] as? [[String: Any]])?.first?["reason"] as? String == sentence)
    let set = try await workspace.run("set-lead", ["ada@acme.test", "--time-zone", zone])
    #expect(set.exit == 65 && set.errors.contains(sentence), "\(set.errors)")
  }

  /// UTC is no place, and says what it is.
  @Test(
    "Places are taken in any case, and UTC",
    arguments: ["europe/london", "America/Argentina/Ushuaia", "UTC", "Etc/UTC"])
  func places(zone: String) async throws {
    let workspace = try await Workspace()
    try await workspace.sql("insert into leads (email) values ('ada@acme.test')")
    #expect(try await workspace.run("set-lead", ["ada@acme.test", "--time-zone", zone]).exit == 0)
  }

  // MARK: - Phones and names

  /// What somebody reads out on the phone is what the lead must be found by: whoever said no would be written to again.
  @Test("A phone is found and suppressed in any spelling that an import takes")
  func phones() async throws {
    let workspace = try await Workspace()
    let imported = try await workspace.run(
      "import-leads", ["--batch", "b"], input: "phone\n\u{202A}+44 (20) 7946\u{2011}0000\u{202C}\n")
    #expect(imported.exit == 0, "\(imported.errors)")
    for phone in ["+44 20 7946 0000", "0044/20.7946-0000", " +442079460000\u{A0}", "\u{202D}+44\u{2013}20 79460000"] {
      let set = try await workspace.run("set-lead", [phone, "--status", "replied"])
      #expect(set.exit == 0, "\(phone): \(set.errors)")
      let suppressed = try await workspace.run("suppress", [phone])
      #expect(suppressed.exit == 0, "\(phone): \(suppressed.errors)")
    }
    #expect(try await workspace.sql("select value from suppressions") == ["+442079460000"])
    #expect(try await workspace.run("set-lead", ["+44 20 7946 0001", "--status", "replied"]).exit == 66)
  }

  /// A batch that no document can name is lost; the longest ended as a bug of ours, 70.
  @Test(
    "A batch has a name that a document can refer to, or is refused before anything is read",
    arguments: [
      (" may", "begins or ends with a space"), ("may\u{A0}", "begins or ends with a space"), ("m\nay", "line break"),
      ("m\u{202E}ay", "invisible"), (String(repeating: "m", count: 201), "longer than 200"),
      (String(repeating: "m", count: 10_000), "longer than 200"),
    ])
  func batchNames(name: String, problem: String) async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run("import-leads", ["--batch", name], input: "email\nada@acme.test\n")
    #expect(
      ran.exit == 64 && ran.errors.contains("--batch") && ran.errors.contains(problem), "\(ran.exit) \(ran.errors)")
    #expect(try await workspace.sql("select count(*) from lead_batches") == ["0"])
  }

  /// "canceling statement due to lock timeout" says neither what happened nor what to do.
  @Test("Who waits too long for somebody else's lock is told so, and to try again")
  func locked() async throws {
    let workspace = try await applied(start: false)
    let session = try workspace.session()
    try session.ask("begin; select 1 from lead_batches for update;")
    let start = try workspace.start("start-campaign", ["c"])
    let importing = try workspace.start("import-leads", ["--batch", "b"], input: "email\nada@acme.test\n")
    for program in [start, importing] {
      let ran = await program.wait()
      #expect(ran.exit == 75)
      #expect(!ran.errors.contains("canceling") && !ran.errors.contains("bug"), "\(ran.errors)")
    }
    #expect(start.result().errors.contains("is being imported into"), "\(start.result().errors)")
    #expect(start.result().errors.contains("try again"))
    session.end()
    #expect(try await workspace.run("start-campaign", ["c"]).exit == 0)
  }
}
