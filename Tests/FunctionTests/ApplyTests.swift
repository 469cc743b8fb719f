import Foundation
import Support
import Testing

@Suite(.serialized, .enabled(if: Machine.databaseURL != nil, "DATABASE_URL is not set: run infra/test"))
struct ApplyTests {
  /// Made once, and outside of any test, where a failed expectation would be nobody's: so it is looked at below.
  private static let shared = Task { try? await Workspace() }

  /// A workspace in which nothing is ever stored: for documents that are refused.
  private func emptyWorkspace() async throws -> Workspace {
    try #require(await ApplyTests.shared.value, "the workspace could not be made: see migrate")
  }

  private func sentences(_ ran: Ran) -> [String] {
    ran.errors.split(separator: "\n").map { String($0.trimmingPrefix("error apply: ")) }
  }

  /// The example of the manual page, and the batch that it needs.
  private func exampleWorkspace() async throws -> (Workspace, String) {
    let page = try String(contentsOf: Machine.root.appendingPathComponent("functions/apply/README.md"), encoding: .utf8)
    let example = try #require(
      page.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
    let workspace = try await Workspace()
    try await workspace.sql("insert into lead_batches (name) values ('may-leads')")
    return (workspace, example)
  }

  private let everything = """
    select to_jsonb(s) - 'updated_at' from senders s; select to_jsonb(t) - 'updated_at' from email_templates t;
    select to_jsonb(w) - 'updated_at' from workflows w; select to_jsonb(s) from workflow_steps s order by step_number;
    select to_jsonb(c) - 'updated_at' from campaigns c
    """

  // MARK: - What is taken

  /// A manual page whose example does not work is worse than none; and each value has a column to get lost in.
  @Test("The example of the manual page is stored as it says")
  func example() async throws {
    let (workspace, example) = try await exampleWorkspace()
    let ran = try await workspace.run("apply", input: example)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(
      ran.output == """
        {"senders":1,"templates":2,"workflows":1,"campaigns":1,"created":{"senders":["acme-mail"],\
        "templates":["hello","follow-up"],"workflows":["two-touch"],"campaigns":["spring"]}}

        """)
    #expect(
      try await workspace.sql(
        "select name, channel, from_mailbox, url, username, password_env, connections, lease, timeout from senders")
        == [
          "acme-mail|email|Ada Lovelace <ada@acme.test>|smtp+starttls://mail.acme.test:587|ada|SENDER_ACME_PASSWORD"
            + "|8|00:01:00|00:00:30"
        ])
    #expect(
      try await workspace.sql("select name, channel, subject, variables from email_templates order by name desc") == [
        "hello|email|A question for {{company_name}}|{company_name}", "follow-up|email|Once more|{city}",
      ])
    #expect(
      try await workspace.sql(
        """
        select s.step_number, t.name, s.days_after_previous from workflow_steps s
        join email_templates t on t.id = s.template_id order by 1
        """) == ["1|hello|0", "2|follow-up|1"])
    #expect(
      try await workspace.sql(
        """
        select c.name, c.campaign_type, c.status, c.use_workflow, w.name, s.name, b.name, c.retry_times, c.retry_after,
               c.on_unknown
        from campaigns c join workflows w on w.id = c.workflow_id join senders s on array[s.id] = c.sender_ids
        join lead_batches b on array[b.id] = c.batch_ids
        """) == ["spring|outreach|draft|t|two-touch|acme-mail|may-leads|3|01:00:00|hold"])
  }

  /// The page is read by people who do not have the program yet.
  @Test("The manual page has the program's help word for word")
  func help() async throws {
    let page = try String(contentsOf: Machine.root.appendingPathComponent("functions/apply/README.md"), encoding: .utf8)
    let help = try await emptyWorkspace().run("apply", ["--help"]).output
    #expect(page.contains("```text\n\(help)```"))
  }

  /// Documents are applied by schedulers and pipelines, again and again; a second run must not undo or double anything.
  @Test("Applying the same document twice changes nothing but updated_at")
  func twice() async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    let before = try await workspace.sql(everything)
    let ran = try await workspace.run("apply", input: example)
    #expect(
      ran.json["created"] as? [String: [String]] == ["senders": [], "templates": [], "workflows": [], "campaigns": []])
    #expect(before.count == 7)
    #expect(try await workspace.sql(everything) == before)
  }

  /// What is left out of a document has a value that the manual page promises, also when an earlier one said otherwise.
  @Test("What a document leaves out has its standard value, also after an earlier document")
  func standards() async throws {
    let (workspace, example) = try await exampleWorkspace()
    let more = example.replacing("connections: 8", with: "connections: 3").replacing("lease: 60s", with: "lease: 2m")
      .replacing("{ times: 3, after: 1h }", with: "{ times: 0, after: 500ms }").replacing("hold", with: "resend")
    #expect(more != example)
    try await workspace.run("apply", input: more)
    let stored = "select connections, lease, retry_times, retry_after, on_unknown from senders, campaigns"
    #expect(try await workspace.sql(stored) == ["3|00:02:00|0|00:00:00.5|resend"])
    try await workspace.run(
      "apply",
      input: """
        senders: [{ name: acme-mail, channel: email, from: ada@acme.test, url: "smtp://[::1]" }]
        campaigns: [{ name: spring, template: hello, senders: [acme-mail], batches: [may-leads], retry: }]
        """)
    #expect(try await workspace.sql(stored) == ["8|00:01:00|3|01:00:00|hold"])
    #expect(
      try await workspace.sql("select url, username, password_env, use_workflow from senders, campaigns")
        == ["smtp://[::1]|||f"])
  }

  /// YAML makes `no` false, `09:00` 540 and `1e3` 1000: the campaign that was called that could not be found again.
  @Test("A name stays the text that was written, whatever YAML would make of it")
  func names() async throws {
    let workspace = try await Workspace()
    let names = ["no", "09:00", "1e3", "0x1F", "1_000", "true", "2026-05-04", "1.0", "<<", "Zoë 👩‍🚀", "می‌خواهم"]
    let document =
      "templates:\n" + names.map { "- { name: \($0), channel: email, subject: y, text: off }\n" }.joined()
      + "- { name: \"null\", channel: email, subject: '~', text: \"\\u00e9\" }"
    let ran = try await workspace.run("apply", input: document)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(
      try await workspace.sql("select name, subject, text from email_templates order by created_at, ctid")
        == names.map { "\($0)|y|off" } + ["null|~|é"])
  }

  /// JSON that a program wrote is read by JSON's rules: there 5 is no name, and a surrogate pair is one letter.
  @Test("A JSON document says the same as a YAML document")
  func json() async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    let yaml = try await workspace.sql(everything)
    let json = #"""
       {"senders": [{"name": "acme-mail", "channel": "email", "from": "Ada Lovelace <ada@acme.test>",
        "url": "smtp+starttls://mail.acme.test:587", "username": "ada", "password_env": "SENDER_ACME_PASSWORD",
        "lease": 60.0, "timeout": 30, "pace": {"per_minute": 60}, "daily_cap": 2000, "time_zone": "Europe/London",
        "warm_up": {"start": 20, "factor": 1.3}, "domains": {"gmail.com": {"per_minute": 20}}}], "workflows": null,
        "templates": [{"name": "\ud83d\ude00", "channel": "email", "subject": "s", "text": "\/\u0074"}]}
      """#
    let ran = try await workspace.run("apply", ["-"], input: json)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(try await workspace.sql("select name, text from email_templates where subject = 's'") == ["😀|/t"])
    try await workspace.sql("delete from email_templates where subject = 's'")
    #expect(try await workspace.sql(everything) == yaml)
  }

  /// The variables are what `start-campaign` asks the leads for.
  @Test("A template's variables are those of all its parts, without the ones that always have a value")
  func variables() async throws {
    let workspace = try await Workspace()
    try await workspace.run(
      "apply",
      input: """
        templates:
        - name: t
          channel: email
          subject: "{{city}} {{first_name}}"
          text: "{{contact_name}} {{job}} {{#phone}}{{phone}}{{/phone}} {{city}}"
          html: "{{campaign_name}} {{website}}"
        """)
    #expect(try await workspace.sql("select variables from email_templates") == ["{city,job,website}"])
  }

  /// A document need not repeat what is there, and what it says itself wins over what is there.
  @Test("A reference is to something in the document or in the workspace")
  func references() async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    try await workspace.sql("insert into leads (email) values ('Ada@ACME.test'), ('bob@acme.test')")
    let ran = try await workspace.run(
      "apply",
      input: """
        workflows: [{ name: new, steps: [{ template: follow-up, days_after_previous: 2 }, { template: hello }] }]
        campaigns:
        - { name: a, workflow: new, senders: [acme-mail], leads: [aDA@acme.test] }
        - { name: b, workflow: two-touch, senders: [acme-mail], leads: [bob@acme.test], batches: [may-leads] }
        """)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(
      try await workspace.sql(
        """
        select c.name, w.name, l.email, cardinality(c.batch_ids) from campaigns c
        join workflows w on w.id = c.workflow_id join leads l on array[l.id] = c.lead_ids order by 1
        """) == ["a|new|Ada@ACME.test|0", "b|two-touch|bob@acme.test|1"])
  }

  /// What is taken here and refused by the table's CHECK would end as a bug of ours, 70.
  @Test(
    "The longest timeout that a lease allows is taken, and every way to write a server",
    arguments: [
      ("2", "1s", "smtp://127.0.0.1:2525"), ("37500ms", "30", "smtps://[2001:db8::1]:465"), ("1h", "48m", "smtp://x"),
      ("60.0", "0.1", "smtp+starttls://mail_1.acme.test:1"), ("5.000s", "4s", "smtp://[::ffff:1.2.3.4]"),
    ])
  func leasesAndServers(lease: String, timeout: String, url: String) async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run(
      "apply",
      input: """
        senders: [{ name: a, channel: email, from: a@b.test, url: "\(url)", lease: \(lease), timeout: \(timeout) }]
        """)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(try await workspace.sql("select url from senders") == [url])
  }

  // MARK: - What is refused

  /// A mistake that is not said is found by a lead.
  @Test("A mistake is said with its path, and nothing is stored")
  func mistakes() async throws {
    let workspace = try await emptyWorkspace()
    for mistake in Mistake.all {
      let ran = try await workspace.run("apply", input: mistake.document)
      #expect(ran.exit == 65 && ran.output == "", "\(mistake.document)")
      #expect(sentences(ran) == mistake.sentences, "\(mistake.document)")
    }
    #expect(try await workspace.sql(everything) == [])
  }

  /// A rule that is stored and not kept is a promise that is broken: mails would go out at night, or all at once.
  @Test(
    "What tick does not keep yet is refused by name",
    arguments: [
      "concurrent_calls": "senders", "session": "senders", "api_key_env": "senders", "account_sid_env": "senders",
      "auth_token_env": "senders", "media": "templates",
    ])
  func notKeptYet(key: String, list: String) async throws {
    let ran = try await emptyWorkspace().run("apply", input: "\(list): [{ \(key): { a: b } }]")
    #expect(ran.exit == 65)
    #expect(sentences(ran).last == "\(list)[0].\(key): is not kept yet by this version; leave it out")
  }

  /// A person who has to apply ten times to find ten mistakes gives up after three.
  @Test("Every mistake of a document is said in one run, up to a hundred")
  func allAtOnce() async throws {
    let workspace = try await emptyWorkspace()
    let ran = try await workspace.run(
      "apply",
      input: """
        senders: [{ name: a, channel: email, from: nobody, url: "http://x", connections: many }]
        templates: [{ name: t, channel: email, subject: s, text: "{{#a}}" }]
        campaigns: [{ name: c, template: t, senders: [b], batches: [x] }]
        """)
    #expect(
      sentences(ran).map { $0.prefix { $0 != ":" } } == [
        "senders[0].from", "senders[0].url", "senders[0].connections", "templates[0].text", "campaigns[0].senders[0]",
        "campaigns[0].batches[0]",
      ])
    let many = try await workspace.run(
      "apply", input: "senders: [\(Array(repeating: "x", count: 250).joined(separator: ","))]")
    #expect(sentences(many).count == 101)
    #expect(sentences(many).last == "and 150 more mistakes")
  }

  /// With the database down, a person can still mend the document.
  @Test("A wrong document is refused as that where there is no database, and a right one is tried again later")
  func noDatabase() async throws {
    let workspace = try await emptyWorkspace()
    let down = ["DATABASE_URL": "postgresql:///x?host=/nowhere"]
    let wrong = try await workspace.run("apply", input: "sender: []", environment: down)
    #expect(wrong.exit == 65)
    #expect(sentences(wrong) == ["sender: no such key; a document has senders, templates, workflows, campaigns"])
    #expect(try await workspace.run("apply", input: "senders: []", environment: down).exit == 75)
    #expect(try await workspace.run("apply", ["/nowhere/campaign.yml"]).exit == 66)
  }

  /// Whoever can send a document must not be able to stop the host with it.
  @Test("A document made to exhaust us is refused", arguments: HostileDocument.all)
  func hostile(document: HostileDocument) async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(document.bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let ran = try await emptyWorkspace().run("apply", [file.path])
    #expect(ran.exit == 65)
    #expect(sentences(ran) == [document.sentence])
  }

  /// Log lines are kept, shipped and read by many: what people type by mistake must not end up in them.
  @Test(
    "What may be a secret, an address or the text of a mail is in no sentence",
    arguments: [
      "senders: [{ name: a, channel: email, from: a@b.test, url: \"smtp://ada:HUNTER2@mail.test\" }]",
      "senders: [{ name: a, channel: email, from: a@b.test, url: \"smtp://ada:HUNTER2\" }]",
      "senders: [{ name: a, channel: email, from: a@b.test, url: \"smtp://m.test/HUNTER2\" }]",
      "senders: [{ name: a, channel: email, from: a@b.test, url: smtp://m.test, password_env: hunter HUNTER2 }]",
      "senders: [{ name: a, channel: email, from: a@b.test, url: smtp://m.test, password: HUNTER2 }]",
      "senders: [{ name: a, channel: email, from: HUNTER2, url: smtp://m.test }]",
      "templates: [{ name: a, channel: email, subject: s, text: \"HUNTER2 {{#a}} HUNTER2\" }]",
      "templates: [{ name: a, channel: email, text: \"{{\(String(repeating: "x", count: 160))HUNTER2.}}\" }]",
      "campaigns: [{ name: a, template: a, senders: [b], leads: [HUNTER2@acme.test] }]",
      "templates:\n- text: HUNTER2\n  text: HUNTER2\n", "- HUNTER2: [HUNTER2\n", "a: HUNTER2\n---\nb: HUNTER2\n",
      "a: HUNTER2 \u{1} HUNTER2",
    ])
  func discretion(document: String) async throws {
    let ran = try await emptyWorkspace().run("apply", input: document, environment: ["LOG_LEVEL": "trace"])
    #expect(ran.exit == 65)
    #expect(!ran.errors.isEmpty)
    #expect(!ran.errors.contains("HUNTER2"))
  }

  /// A value that is quoted is a way into the terminal of whoever reads the log.
  @Test("A quoted value is cut, and what a terminal acts on is replaced")
  func quoting() async throws {
    let long = String(repeating: "é", count: 100)
    let ran = try await emptyWorkspace().run(
      "apply", input: "senders: [{ channel: \"\\e[2J\\u202e\" , \(long): x }]\ntemplates: \(long)")
    #expect(sentences(ran).contains("senders[0].channel: must be email, and is the text \"\u{FFFD}[2J\u{FFFD}\""))
    #expect(sentences(ran).contains("templates: must be a list, and is \"\(long.prefix(60))…\""))
    #expect(sentences(ran).contains { $0.hasPrefix("senders[0].\(long.prefix(60))…: no such key") })
  }

  // MARK: - What is there already

  /// Messages in the ledger have the channel of their template; a sender of another channel could not send them.
  @Test("The channel of a sender or a template cannot change", arguments: ["sender", "email_template"])
  func channels(table: String) async throws {
    let workspace = try await Workspace()
    try await workspace.sql(
      """
      insert into senders (name, channel, url) values ('a', 'whatsapp', 'http://x');
      insert into email_templates (name, channel, text) values ('a', 'whatsapp', 'hi')
      """)
    let document =
      table == "sender"
      ? "senders: [{ name: a, channel: email, from: a@b.test, url: smtp://x }]"
      : "templates: [{ name: a, channel: email, subject: s, text: hi }]"
    let ran = try await workspace.run("apply", input: document)
    #expect(ran.exit == 65)
    let list = table == "sender" ? "senders" : "templates"
    #expect(
      sentences(ran) == ["\(list)[0].channel: cannot change, and is whatsapp in the workspace; take another name"])
  }

  /// Without one, `start-campaign` would write a ledger in which the steps of that channel are missing.
  @Test("A campaign has a sender for each channel that its steps use")
  func sendersForChannels() async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    try await workspace.sql(
      """
      insert into senders (name, channel, url) values ('phone', 'whatsapp', 'http://x');
      insert into email_templates (name, channel, text) values ('chat', 'whatsapp', 'hi');
      insert into workflows (name) values ('mixed');
      insert into workflow_steps select w.id, row_number() over (), t.id, 0 from workflows w, email_templates t
      where w.name = 'mixed' and t.name in ('chat', 'hello')
      """)
    func apply(_ plan: String, _ senders: String) async throws -> [String] {
      let document = "campaigns: [{ name: new, \(plan), senders: [\(senders)], batches: [may-leads] }]"
      return sentences(try await workspace.run("apply", input: document))
    }
    let none = "campaigns[0].senders: there is none for the channel"
    #expect(try await apply("template: hello", "phone") == ["\(none) email, which a step needs"])
    #expect(try await apply("workflow: mixed", "acme-mail") == ["\(none) whatsapp, which a step needs"])
    #expect(try await apply("workflow: mixed", "acme-mail, phone") == [])
  }

  /// The ledger of a campaign that has started is written; a plan that says something else would be a lie about it.
  @Test(
    "The plan of a campaign that is no draft cannot change; the same plan, its retries and on_unknown are fine",
    arguments: ["scheduled", "running", "paused", "failed", "completed", "cancelled"])
  func startedCampaign(status: String) async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    let times = [
      "paused": "paused_at = now()", "failed": "failed_at = now()", "completed": "completed_at = now()",
      "cancelled": "cancelled_at = now()",
    ]
    try await workspace.sql(
      """
      insert into lead_batches (name) values ('june-leads');
      insert into leads (email) values ('ada@acme.test');
      insert into senders (name, channel, from_mailbox, url) values ('other', 'email', 'a@b.test', 'smtp://x');
      update campaigns
      set status = '\(status)', actual_started_at = now(), \(times[status] ?? "updated_at = now()"),
          open_count = ('\(status)' in ('running', 'paused', 'failed'))::int
      """)
    let same = "name: spring, workflow: two-touch, senders: [acme-mail], batches: [may-leads]"
    func apply(_ campaign: String) async throws -> [String] {
      sentences(try await workspace.run("apply", input: "campaigns: [{ \(campaign) }]"))
    }
    func refusal(_ key: String) -> [String] {
      ["campaigns[0].\(key): cannot change any more: the campaign is \(status)"]
    }

    #expect(try await workspace.run("apply", input: example).exit == 0)
    #expect(try await apply("\(same), retry: { times: 7, after: 2m }, on_unknown: resend") == [])
    #expect(
      try await workspace.sql("select retry_times, retry_after, on_unknown, status from campaigns")
        == ["7|00:02:00|resend|\(status)"])
    #expect(try await apply("\(same), leads: [ada@acme.test]") == refusal("leads"))
    #expect(try await apply(same.replacing("[may-leads]", with: "[june-leads]")) == refusal("batches"))
    #expect(try await apply(same.replacing("[may-leads]", with: "[may-leads, june-leads]")) == refusal("batches"))
    #expect(try await apply(same.replacing("[acme-mail]", with: "[acme-mail, other]")) == refusal("senders"))
    #expect(try await apply(same.replacing("workflow: two-touch", with: "template: hello")) == refusal("template"))
    let new = sentences(
      try await workspace.run(
        "apply",
        input: """
          workflows: [{ name: new, steps: [{ template: hello }] }]
          campaigns: [{ \(same.replacing("two-touch", with: "new")) }]
          """))
    #expect(new == refusal("workflow"))
    try await workspace.sql("update campaigns set campaign_type = 'lead_generation'")
    #expect(try await apply(same) == refusal("type"))
    #expect(try await workspace.sql("select count(*) from workflows") == ["1"])
  }

  /// A draft is there to be changed.
  @Test("Everything about a draft can change")
  func draft() async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    try await workspace.sql("insert into leads (email) values ('ada@acme.test')")
    let ran = try await workspace.run(
      "apply",
      input: """
        senders: [{ name: b, channel: email, from: a@b.test, url: smtp://x }]
        campaigns: [{ name: spring, template: hello, senders: [b], leads: [ada@acme.test] }]
        """)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(
      try await workspace.sql(
        """
        select t.name, s.name, l.email, batch_ids, use_workflow from campaigns c
        join email_templates t on t.id = c.template_id join senders s on array[s.id] = c.sender_ids
        join leads l on array[l.id] = c.lead_ids
        """) == ["hello|b|ada@acme.test|{}|f"])
  }

  /// A workflow that keeps the tail of an earlier version sends steps that nobody wrote any more.
  @Test("A workflow that is applied with fewer steps has fewer steps")
  func fewerSteps() async throws {
    let (workspace, example) = try await exampleWorkspace()
    try await workspace.run("apply", input: example)
    try await workspace.run(
      "apply", input: "workflows: [{ name: two-touch, steps: [{ template: follow-up, days_after_previous: 4 }] }]")
    #expect(
      try await workspace.sql(
        "select step_number, days_after_previous, name from workflow_steps join email_templates t on t.id = template_id"
      )
        == ["1|4|follow-up"])
  }

  // MARK: - Two at once, and a crash

  /// Two that look up names at the same time would both find nothing, and the slower would undo half of the faster.
  @Test("A second apply waits for the first, and sees what it did")
  func oneAtATime() async throws {
    let (workspace, example) = try await exampleWorkspace()
    let first = try workspace.session()
    try first.ask("begin; select pg_advisory_xact_lock(hashtext('campanile.apply.\(workspace.schema)'));")
    let second = try workspace.start("apply", input: example)
    try first.wait(untilBlocked: 1)
    first.send("insert into senders (name, channel, url) values ('acme-mail', 'whatsapp', 'http://x'); commit;")
    first.end()
    let ran = await second.wait()
    #expect(
      sentences(ran) == ["senders[0].channel: cannot change, and is whatsapp in the workspace; take another name"])
  }

  /// Half a document is a campaign with the new sender and the old template.
  @Test("An apply that is killed on its way has changed nothing")
  func killed() async throws {
    let (workspace, example) = try await exampleWorkspace()
    // The senders and templates are written by then.
    let holder = try workspace.session()
    try holder.ask("begin; lock table workflows in exclusive mode;")
    let running = try workspace.start("apply", input: example)
    try holder.wait(untilBlocked: 1)
    running.signal(SIGKILL)
    holder.end()
    #expect(await running.wait().exit == -SIGKILL)
    #expect(try await workspace.sql(everything) == [])
    #expect(try await workspace.run("apply", input: example).exit == 0)
  }
}

/// A document with a mistake, and what is said of it.
struct Mistake: Sendable {
  let document: String
  let sentences: [String]

  init(_ document: String, _ sentences: String...) {
    self.document = document
    self.sentences = sentences
  }

  private static func sender(_ keys: String, _ sentences: String...) -> Mistake {
    let rest = ["from": "a@b.test", "url": "smtp://x"].filter { !keys.contains("\($0.key): ") }
      .map { ", \($0.key): \"\($0.value)\"" }.joined()
    return Mistake(
      document: "senders: [{ name: a, channel: email, \(keys)\(rest) }]", sentences: sentences.map { "senders[0]\($0)" }
    )
  }

  private static func template(_ keys: String, _ sentences: String...) -> Mistake {
    let rest = ["name": "t", "subject": "s", "text": "x"].filter { !keys.contains("\($0.key): ") }
      .map { ", \($0.key): \($0.value)" }.joined()
    return Mistake(
      document: "templates: [{ channel: email, \(keys)\(rest) }]", sentences: sentences.map { "templates[0]\($0)" })
  }

  private static func campaign(_ keys: String, _ sentences: String...) -> Mistake {
    Mistake(
      document: """
        senders: [{ name: s, channel: email, from: a@b.test, url: smtp://x }]
        templates: [{ name: t, channel: email, subject: s, text: x }]
        workflows: [{ name: w, steps: [{ template: t }] }]
        campaigns: [{ name: c, \(keys) }]
        """, sentences: sentences.map { "campaigns[0]\($0)" })
  }

  private static func campaign(_ keys: String, _ sentences: [String]) -> Mistake {
    Mistake(document: campaign(keys).document, sentences: sentences.map { "campaigns[0]\($0)" })
  }

  private init(document: String, sentences: [String]) {
    self.document = document
    self.sentences = sentences
  }

  private static let url =
    ".url: must be smtp://HOST:PORT, smtp+starttls://HOST:PORT or smtps://HOST:PORT, with nothing behind it; the port "
    + "can be left out, and an IPv6 address stands in brackets"
  private static let together = "username and either password_env or token_env are given together or not at all"
  private static let variable = "no other variable may reach a mail server"
  private static let margin = "must be longer than the timeout by 1s and by a quarter of it"
  private static let durations = "like 500ms, 60s, 2m, 1h or a number of seconds"
  private static let hidden =
    ".password_env: must be the name of an environment variable, of A to Z, 0 to 9 and _; what stands there is not "
    + "shown, because it could be the password itself"

  static let all: [Mistake] =
    document + names + senders + leases + urls + templates + workflows + campaigns + json + caps + paces + domains
    + windows + gaps + starts

  private static let document = [
    Mistake("", "the document is empty"),
    Mistake("# nothing", "the document is empty"),
    Mistake("~", "the document must be a mapping of keys to values, and is empty"),
    Mistake("- a", "the document must be a mapping of keys to values, and is a list"),
    Mistake("hello", "the document must be a mapping of keys to values, and is \"hello\""),
    Mistake("senders: a", "senders: must be a list, and is \"a\""),
    Mistake("senders: { a: b }", "senders: must be a list, and is a mapping"),
    Mistake("senders: [a]", "senders[0]: the sender must be a mapping of keys to values, and is \"a\""),
    Mistake("sender: []", "sender: no such key; a document has senders, templates, workflows, campaigns"),
    Mistake("senders: []\n? [a]\n: b", "a key must be a name, and is a list or a mapping"),
    Mistake(
      "a: [b\nc: d",
      "line 2, column 2: did not find expected ',' or ']', while parsing a flow sequence (line 1, column 4)"),
    Mistake("senders: []\na: 1\nsenders: []\n", "line 1, column 1: stands twice in one mapping: \"senders\""),
    Mistake("senders: *nobody", "line 1, column 10: found undefined alias"),
    Mistake("senders: []\n---\nsenders: []", "line 2, column 1: a second document begins here, and apply takes one"),
    Mistake(
      "senders: !!python/object/apply:os.system [x]",
      "senders: the tag tag:yaml.org,2002:python/object/apply:os.system is not supported here",
      "senders[0]: the sender must be a mapping of keys to values, and is \"x\""),
    Mistake("senders: !mine []", "senders: the tag !mine is not supported here"),
    Mistake("a\u{0}b", "line 1, column 2: control characters are not allowed"),
    Mistake("senders: []\n\u{1B}", "line 2, column 1: control characters are not allowed"),
  ]

  private static let names = [
    template("name: \"\"", ".name: must not be empty"),
    template("name: ~", ".name: is missing"),
    template("name: [a]", ".name: must be a text, and is a list"),
    template("name: \(String(repeating: "é", count: 201))", ".name: is longer than 200 characters"),
    template(#"name: "a\nb""#, ".name: has a line break, a control character or an invisible character in it"),
    template(#"name: "a\u202eb""#, ".name: has a line break, a control character or an invisible character in it"),
    template(#"name: "a\0b""#, ".name: has a NUL in it, which PostgreSQL cannot hold"),
    template(#"name: "a ""#, ".name: begins or ends with a space"),
    Mistake(
      "workflows: [{ name: w, steps: [{ template: t }] }, { name: w, steps: [{ template: t }] }]\n"
        + "templates: [{ name: t, channel: email, subject: s, text: x }]",
      "workflows[1].name: there is a workflow \"w\" already, in workflows[0]"),
  ]

  private static let senders = [
    Mistake(
      "senders: [{}]", "senders[0].name: is missing", "senders[0].channel: is missing", "senders[0].from: is missing",
      "senders[0].url: is missing"),
    sender(
      "pasword_env: A",
      ".pasword_env: no such key; a sender has name, channel, from, url, username, password_env, token_env, allow_cleartext, "
        + "helo, connections, lease, timeout, time_zone, pace, daily_cap, warm_up, domains"),
    Mistake(
      "senders: [{ name: a, channel: pigeon, from: a@b.test, url: smtp://x }]",
      "senders[0].channel: must be email, and is \"pigeon\""),
    Mistake(
      "senders: [{ name: a, channel: whatsapp, url: x, nonsense: y }]",
      "senders[0].channel: \"whatsapp\" is not kept yet by this version; leave it out"),
    Mistake(
      "senders: [{ name: a, channel: voice }]",
      "senders[0].channel: \"voice\" is not kept yet by this version; leave it out"),
    sender("from: ada", ".from: The address must contain exactly one @."),
    sender(
      "from: \"Ada, Countess <a@b.test>\"",
      ".from: \("A name with any of ()<>[]:;@\\,\" in it must be written in double quotes.")"),
    sender(
      #"from: "Ada\n <a@b.test>""#, ".from: has a line break, a control character or an invisible character in it"),
    sender("url: \"smtp://u:p@x\"", ".url: must not have a user or a password in it: use username and password_env"),
    sender("username: ada", ": \(together)"),
    sender("password_env: SENDER_A", ": \(together)"),
    sender(
      "username: ada, password_env: DATABASE_URL",
      ".password_env: must begin with SENDER_, and is \"DATABASE_URL\": \(variable)"),
    sender(
      "username: ada, password_env: SENDER_",
      ".password_env: must begin with SENDER_, and is \"SENDER_\": \(variable)"),
    sender("username: ada, password_env: SENDER_a", hidden),
    sender("username: ada, password_env: \"SENDER_A B\"", hidden),
    sender("connections: many", ".connections: must be a whole number from 1 to 1000, and is \"many\""),
    sender("connections: 0", ".connections: must be a whole number from 1 to 1000, and is \"0\""),
    sender("connections: 1001", ".connections: must be a whole number from 1 to 1000, and is \"1001\""),
    sender("connections: 1.0", ".connections: must be a whole number from 1 to 1000, and is \"1.0\""),
    sender("connections: \"8\"", ".connections: must be a whole number from 1 to 1000, and is the text \"8\""),
    sender(
      "connections: 99999999999999999999",
      ".connections: must be a whole number from 1 to 1000, and is \"99999999999999999999\""),
    sender("lease: 37499ms", ".lease: \(margin), and is 37499ms with a timeout of 30s"),
    sender("lease: 2, timeout: 1001ms", ".lease: \(margin), and is 2s with a timeout of 1001ms"),
  ]

  private static let leases = ["1d", "1s", "-60", "61m", "2.0001s", "1e1", "60 s", "s", "1.2.3s"].map {
    sender("lease: \($0)", ".lease: must be a duration from 2s to 1h, \(durations), and is \"\($0)\"")
  }

  private static let urls = [
    "http://x", "x", "smtp://", "smtp://x:0", "smtp://x:65536", "smtp://x:", "smtp://x:+25", "smtp://x/",
    "smtp://x?a=b",
    "smtp://x#a", "SMTP://x", "smtp://a b", "smtp://é", "smtp://[::1", "smtp://[::1]]:25", "smtp://[x]", "smtp://::1",
    "smtp://[fe80::1%eth0]", "smtp://[::1]x", #"smtp://x\r\nHELO"#,
  ].map { sender("url: \"\($0)\"", url) }

  private static let templates = [
    Mistake(
      "templates: [{ name: t, channel: email }]", "templates[0].subject: is missing", "templates[0].text: is missing"),
    template("subjet: a", ".subjet: no such key; a template has name, channel, subject, text, html"),
    template(#"subject: "a\nb""#, ".subject: must be one line, without control characters or invisible characters"),
    template(#"subject: "a\n\n""#, ".subject: must be one line, without control characters or invisible characters"),
    template(#"subject: "\n""#, ".subject: must not be empty"),
    template("text: \"\"", ".text: must not be empty"),
    template(
      #"text: "a\n\n{{#b}}c{{/d}}""#, ".text: line 3: a section is closed under another name than it was opened"),
    template(
      #"html: "a\n{{{b}}}""#,
      ".html: line 2: the tag for {{b}} would put a lead's value into HTML without escaping it"),
    template("subject: \"{{> x}}\"", ".subject: line 1: the tag {{> x}} is not supported here"),
    template(#"text: "a\0b""#, ".text: has a NUL in it, which PostgreSQL cannot hold"),
    template("text: \(String(repeating: "x", count: 262_145))", ".text: is longer than 256 KiB"),
  ]

  private static let workflows = [
    Mistake("workflows: [{ name: w }]", "workflows[0].steps: is missing"),
    Mistake("workflows: [{ name: w, steps: [] }]", "workflows[0].steps: must not be empty"),
    Mistake("workflows: [{ name: w, steps: [{}] }]", "workflows[0].steps[0].template: is missing"),
    Mistake(
      "workflows: [{ name: w, steps: [{ template: t, days: 1 }] }]",
      "workflows[0].steps[0].days: no such key; a step has template, days_after_previous",
      "workflows[0].steps[0].template: there is no template \"t\""),
    Mistake(
      "templates: [{ name: t, channel: email, subject: s, text: x }]\n"
        + "workflows:\n- { name: w, steps: [{ template: t, days_after_previous: 3651 }] }\n"
        + "- { name: v, steps: [{ template: t }, { template: t, days_after_previous: -1 }] }",
      "workflows[0].steps[0].days_after_previous: must be a whole number from 0 to 3650, and is \"3651\"",
      "workflows[1].steps[1].days_after_previous: must be a whole number from 0 to 3650, and is \"-1\""),
    Mistake(
      "templates: [{ name: t, channel: email, subject: s, text: x }]\n"
        + "workflows: [{ name: w, steps: [\(String(repeating: "{ template: t }, ", count: 101))] }]",
      "workflows[0].steps: must not be more than 100, and are 101"),
  ]

  private static let campaigns = [
    campaign("senders: [s], template: t", ": must have batches or leads"),
    campaign("senders: [s], template: t, batches: []", ": must have batches or leads"),
    campaign(
      "template: t, batches: [b]", ".senders: is missing",
      ".batches[0]: there is no batch \"b\"; import it first: import-leads --batch NAME"),
    campaign(
      "senders: [], template: t, leads: [a@b.test]", ".senders: must not be empty",
      ".leads[0]: there is no lead with this address; import it first"),
    campaign(
      "senders: [s], batches: [b]", ": must have either a workflow or a template",
      ".batches[0]: there is no batch \"b\"; import it first: import-leads --batch NAME"),
    campaign(
      "senders: [s, acme-mial, s], workflow: w, template: t, leads: [5]",
      ": must have either a workflow or a template", ".senders[1]: there is no sender \"acme-mial\"",
      ".senders[2]: stands twice in this list", ".leads[0]: there is no lead with this address; import it first"),
    campaign(
      "senders: s, template: [t], batches: { a: b }", ".template: must be a text, and is a list",
      ".senders: must be a list, and is \"s\"", ".batches: must be a list, and is a mapping"),
    campaign(
      "senders: [s], workflow: v, leads: [x]", ".workflow: there is no workflow \"v\"",
      ".leads[0]: there is no lead with this address; import it first"),
    campaign("type: lead_generation", ".type: \"lead_generation\" is not kept yet by this version; leave it out"),
    campaign("type: fully_automated", ".type: \"fully_automated\" is not kept yet by this version; leave it out"),
    campaign(
      "type: spam, senders: [s], template: t, leads: [x]", ".type: must be outreach, and is \"spam\"",
      ".leads[0]: there is no lead with this address; import it first"),
    campaign(
      "senders: [s], template: t, leads: [x], retry: { times: 101, after: -1, before: 3 }, on_unknown: shrug",
      ".retry.times: must be a whole number from 0 to 100, and is \"101\"",
      ".retry.after: must be a duration from 0ms to 8760h, \(durations), and is \"-1\"",
      ".retry.before: no such key; a retry has times, after", ".on_unknown: must be hold or resend, and is \"shrug\"",
      ".leads[0]: there is no lead with this address; import it first"),
    campaign(
      "senders: [s], template: t, leads: [x], retry: 3",
      ".retry: the retry must be a mapping of keys to values, and is \"3\"",
      ".leads[0]: there is no lead with this address; import it first"),
  ]

  private static let caps = [
    sender("daily_cap: 5", ".time_zone: is missing: a day begins and ends somewhere"),
    sender("warm_up: { start: 5, factor: 2 }", ".time_zone: is missing: a day begins and ends somewhere"),
    sender(
      "daily_cap: 0, time_zone: UTC", ".daily_cap: must be a whole number from 1 to 1000000000, and is \"0\""),
    sender(
      "daily_cap: 10.5, time_zone: UTC", ".daily_cap: must be a whole number from 1 to 1000000000, and is \"10.5\""),
    sender(
      "daily_cap: 5, time_zone: Europe/Atlantis",
      ".time_zone: there is no time zone \"Europe/Atlantis\"; it must be like Europe/London"),
    sender(
      "daily_cap: 5, time_zone: lead", ".time_zone: there is no time zone \"lead\"; it must be like Europe/London"),
    sender("time_zone: EST5EDT4", ".time_zone: there is no time zone \"EST5EDT4\"; it must be like Europe/London"),
    sender("time_zone: \"+02:00\"", ".time_zone: there is no time zone \"+02:00\"; it must be like Europe/London"),
    sender("time_zone: [UTC]", ".time_zone: must be a text, and is a list"),
    sender("warm_up: { start: 5 }, time_zone: UTC", ".warm_up.factor: is missing"),
    sender("warm_up: { factor: 2 }, time_zone: UTC", ".warm_up.start: is missing"),
    sender(
      "warm_up: { start: 0, factor: 0.5, until: 9 }, time_zone: UTC",
      ".warm_up.start: must be a whole number from 1 to 1000000, and is \"0\"",
      ".warm_up.factor: must be a number from 1.0 to 100.0, and is \"0.5\"",
      ".warm_up.until: no such key; a warm_up has start, factor"),
    sender(
      "warm_up: { start: 5, factor: 0.5 }, time_zone: UTC",
      ".warm_up.factor: must be a number from 1.0 to 100.0, and is \"0.5\""),
    sender(
      "warm_up: { start: 5, factor: 1e1 }, time_zone: UTC",
      ".warm_up.factor: must be a number from 1.0 to 100.0, and is \"1e1\""),
    sender(
      "warm_up: 5, time_zone: UTC", ".warm_up: the warm_up must be a mapping of keys to values, and is \"5\""),
  ]

  private static let onePace = "must have per_second, per_minute, per_hour or delay, and one of them only"
  private static let bounds = "must be two durations, the shorter one first, like [5, 15]"

  private static let paces = [
    sender("pace: {}", ".pace: \(onePace)"),
    sender("pace: { per_minute: 5, per_hour: 5 }", ".pace: \(onePace)"),
    sender("pace: { per_minute: 5, delay: [1, 2] }", ".pace: \(onePace)"),
    sender(
      "pace: { per_day: 5 }", ".pace: \(onePace)",
      ".pace.per_day: no such key; a pace has per_second, per_minute, per_hour, delay"),
    sender("pace: { per_second: 0 }", ".pace.per_second: must be a whole number from 1 to 100000, and is \"0\""),
    sender("pace: { per_second: 0.5 }", ".pace.per_second: must be a whole number from 1 to 100000, and is \"0.5\""),
    sender(
      "pace: { per_hour: 100001 }", ".pace.per_hour: must be a whole number from 1 to 100000, and is \"100001\""),
    sender("pace: { delay: [15, 5] }", ".pace.delay: \(bounds)"),
    sender("pace: { delay: [5] }", ".pace.delay: \(bounds)"),
    sender("pace: { delay: 5 }", ".pace.delay: must be a list, and is \"5\"", ".pace.delay: \(bounds)"),
    sender(
      "pace: { delay: [5, 25h] }",
      ".pace.delay[1]: must be a duration from 0ms to 24h, \(durations), and is \"25h\"", ".pace.delay: \(bounds)"),
    sender("pace: 600", ".pace: the pace must be a mapping of keys to values, and is \"600\""),
  ]

  private static let domains = [
    sender("domains: [gmail.com]", ".domains: must be a mapping, and is a list"),
    sender(
      "domains: { gmail.com: { delay: [1, 2] } }",
      ".domains.gmail.com: must have per_second, per_minute or per_hour, and one of them only",
      ".domains.gmail.com.delay: no such key; a domain has per_second, per_minute, per_hour"),
    sender(
      "domains: { gmail: { per_hour: 1 } }", ".domains.gmail: the key must be a domain, like gmail.com"),
    sender(
      "domains: { gmail..com: { per_hour: 1 } }", ".domains.gmail..com: the key must be a domain, like gmail.com"),
    sender(
      "domains: { ada@gmail.com: { per_hour: 1 } }",
      ".domains.ada@gmail.com: the key must be a domain, like gmail.com"),
    sender(
      "domains: { gmail.com: { per_hour: 1 }, Gmail.COM: { per_hour: 2 } }",
      ".domains.Gmail.COM: stands twice, if case is set aside"),
  ]

  private static func window(_ window: String, _ sentences: String...) -> Mistake {
    campaign(
      "senders: [s], template: t, leads: [x], window: \(window)",
      sentences.map { ".window\($0)" } + [".leads[0]: there is no lead with this address; import it first"])
  }

  private static let windows = [
    window("{}", ".from: is missing", ".to: is missing", ".time_zone: is missing"),
    window("{ from: \"09:00\", time_zone: UTC }", ".to: is missing"),
    window("{ from: \"09:00\", to: \"17:00\" }", ".time_zone: is missing"),
    window(
      "{ from: 9, to: \"17:00\", time_zone: UTC }",
      ".from: must be a time of day from 00:00 to 23:59, like \"09:00\", and is \"9\""),
    window(
      "{ from: \"24:00\", to: \"17:00\", time_zone: UTC }",
      ".from: must be a time of day from 00:00 to 23:59, like \"09:00\", and is the text \"24:00\""),
    window(
      "{ from: \"09:00\", to: \"24:01\", time_zone: UTC }",
      ".to: must be a time of day from 00:00 to 24:00, like \"09:00\", and is the text \"24:01\""),
    window(
      "{ from: \"09:00\", to: \"17:60\", time_zone: UTC }",
      ".to: must be a time of day from 00:00 to 24:00, like \"09:00\", and is the text \"17:60\""),
    window(
      "{ from: \"09:00\", to: \"09:00\", time_zone: UTC }",
      ".to: must not be the same as from; the whole day is 00:00 to 24:00"),
    window(
      "{ days: [mon, someday], from: \"09:00\", to: \"17:00\", time_zone: UTC }",
      ".days[1]: must be mon, tue, wed, thu, fri, sat, sun, and is \"someday\""),
    window(
      "{ days: mon, from: \"09:00\", to: \"17:00\", time_zone: UTC }", ".days: must be a list, and is \"mon\""),
    window(
      "{ from: \"09:00\", to: \"17:00\", time_zone: UTC, weekdays: true }",
      ".weekdays: no such key; a window has days, from, to, time_zone"),
    campaign(
      "senders: [s], template: t, leads: [x], window: { from: \"09:00\", to: \"17:00\", time_zone: Mars/Olympus }",
      ".window.time_zone: there is no time zone \"Mars/Olympus\"; it must be like Europe/London",
      ".leads[0]: there is no lead with this address; import it first"),
  ]

  private static let gaps = ["-1", "1d", "8761h", "soon"].map {
    campaign(
      "senders: [s], template: t, leads: [x], min_gap: \($0)",
      ".min_gap: must be a duration from 0ms to 8760h, \(durations), and is \"\($0)\"",
      ".leads[0]: there is no lead with this address; import it first")
  }

  private static let starts = [
    "2026-05-04", "2026-05-04T09:00:00", "2026-02-29T09:00:00Z", "2026-05-04T24:00:00Z", "2026-13-01T09:00Z",
    "2026-05-04T09:00:00+15:00", "tomorrow", "1969-12-31T23:59:59Z",
  ].map {
    campaign(
      "senders: [s], template: t, leads: [x], start_at: \($0)",
      ".start_at: must be a date and time with an offset, like 2026-05-04T09:00:00+02:00, and is \"\($0)\"",
      ".leads[0]: there is no lead with this address; import it first")
  }

  private static let json = [
    Mistake(
      #"{"templates": [{"name": 5, "channel": "email", "subject": true, "text": "x"}]}"#,
      "templates[0].name: must be a text, and is 5", "templates[0].subject: must be a text, and is true"),
    Mistake(
      #"{"senders": [{"name": "a", "channel": "email", "from": "a@b.test", "url": "smtp://x", "connections": 1.5}]}"#,
      "senders[0].connections: must be a whole number from 1 to 1000, and is 1.5"),
    Mistake(
      #"{"templates": [{"name": "a\u0000b", "channel": "email", "subject": "s", "text": "x"}]}"#,
      "templates[0].name: has a NUL in it, which PostgreSQL cannot hold"),
    Mistake(#"{"senders": [], "senders": []}"#, "line 1, column 2: stands twice in one mapping: \"senders\""),
  ]
}

/// A document that is made to crash its reader, or to keep it busy for ever.
struct HostileDocument: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let bytes: [UInt8]
  let sentence: String

  private init(_ name: String, _ text: String, _ sentence: String) {
    self.init(name, Array(text.utf8), sentence)
  }

  private init(_ name: String, _ bytes: [UInt8], _ sentence: String) {
    testDescription = name
    self.bytes = bytes
    self.sentence = sentence
  }

  /// Each line stands for nine of the line before.
  private static let laughs = (1...30).reduce(into: "a0: &a0 [x]\n") { text, n in
    text += "a\(n): &a\(n) [\(Array(repeating: "*a\(n - 1)", count: 9).joined(separator: ","))]\n"
  }
  private static let tooMany = "the document has more than 200,000 values, with its aliases written out"
  private static let tooLong = "the document takes too long to read: aliases of aliases, or too many tags"

  static let all = [
    HostileDocument("a billion laughs", laughs, tooMany),
    HostileDocument("a billion laughs as a key", laughs + "z: { ? *a30 : x }", tooLong),
    HostileDocument("more values than anybody writes", String(repeating: "- a\n", count: 200_001), tooMany),
    HostileDocument(
      "nested deeply, in YAML", String(repeating: "[", count: 100_000), "the document is nested deeper than 1000"),
    HostileDocument(
      "nested deeply, by aliases", (1...50).reduce(into: "a0: &a0 x\n") { $0 += "a\($1): &a\($1) [*a\($1 - 1)]\n" },
      "the document is nested deeper than 32"),
    HostileDocument(
      "nested deeply, in JSON", String(repeating: "{\"a\":", count: 60) + "1" + String(repeating: "}", count: 60),
      "the document is nested deeper than 32"),
    HostileDocument(
      "a template of nothing but tags",
      "templates: [{ name: t, channel: email, subject: s, text: \"\(String(repeating: "{{a}}", count: 52_000))\" }]",
      tooLong),
    HostileDocument("not UTF-8", Array("senders: [".utf8) + [0xFF, 0xFE], "the document is not UTF-8"),
    HostileDocument(
      "longer than 16 MiB", Array(repeating: UInt8(ascii: "#"), count: 16 << 20 | 1),
      "the document is longer than 16 MiB"),
  ]
}
