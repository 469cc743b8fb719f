import Foundation
import Support
import Testing

@Suite struct RequeueTests {
  /// A campaign over so many leads, of which the first few have failed: a person said that they did not arrive, so that no
  /// reply of a server has to be judged.
  private func failed(_ count: Int, of leads: Int, steps: [Int] = [0]) async throws -> (Workspace, SMTPServer) {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"accepted","do":"drop","times":\#(count)}]"#)
    try await workspace.seed(port: server.port, leads: leads, steps: steps)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try await workspace.run("tick")
    try #require(tick.json["unknown"] as? Int == count, "\(tick.output) \(tick.errors)")
    try #require(try await workspace.run("resolve-unknown", ["spring", "--as-failed"]).exit == 0)
    return (workspace, server)
  }

  private func requeue(_ workspace: Workspace, _ arguments: String...) async throws -> Ran {
    try await workspace.run("requeue", ["spring"] + arguments)
  }

  /// A quota that was taken for a refusal "completes" a campaign; what a person does then must not be a message that nobody
  /// counts, nor a first mail without the second.
  @Test("What failed goes out again with the steps behind it; a completed campaign is paused, and completes anew")
  func completed() async throws {
    let (workspace, server) = try await failed(2, of: 2, steps: [0, 1])
    #expect(try await workspace.sql("select status from campaigns") == ["completed"])
    #expect(try await workspace.states() == ["failed": 2, "skipped": 2])
    let ran = try await requeue(workspace, "--by", "ada", "--because", "the quota is a day's")
    #expect(ran.exit == 0 && ran.errors.contains("resume-campaign"), "\(ran.errors)")
    #expect(ran.json["status"] as? String == "paused")
    #expect(ran.json["requeued"] as? Int == 2 && ran.json["restored"] as? Int == 2)
    #expect(try await workspace.states() == ["pending": 4])
    #expect(try await workspace.wrongCounters() == [])
    #expect(try await workspace.sql("select active_campaign_id is not null from lead_batches") == ["t"])
    #expect(
      try await workspace.sql(
        """
        select was, becomes, actor, reason, detail ->> 'requeue' from campaign_events
        where actor = 'ada' order by id
        """) == ["completed|paused|ada|the quota is a day's|", "paused|paused|ada|the quota is a day's|2"])
    #expect(try await workspace.sql("select distinct attempt from messages") == ["0"])
    #expect(try await workspace.run("tick").json["claimed"] as? Int == 0)
    try await workspace.run("resume-campaign", ["spring"])
    // Not before the old deadline: time travels to it.
    let tick = try await workspace.run("tick", offset: "1 minute")
    #expect(tick.json["sent"] as? Int == 2, "\(tick.output) \(tick.errors)")
    #expect(try await workspace.run("tick", offset: "12 hours").json["claimed"] as? Int == 0)
    let last = try await workspace.run("tick", offset: "2 days")
    #expect(last.json["completed"] as? [String] == ["spring"], "\(last.output) \(last.errors)")
    #expect(try server.accepted().count == 2 + 4)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Of three outages only one was judged wrongly.
  @Test("Only what fits every filter goes out again, told by reason; a dry run changes nothing")
  func filters() async throws {
    let (workspace, server) = try await failed(4, of: 4)
    try await workspace.sql(
      """
      update messages set failure_reason = '550 5.4.5 Daily LIMIT of 1234567 for <' || id || '@x.test> exceeded'
      where id in (select id from messages order by id limit 3);
      update messages set failure_reason = '550 5.1.1 User unknown' where failure_reason not like '%LIMIT%';
      update messages set failed_at = '2026-05-04T10:00:00Z' where id = (select min(id) from messages);
      update campaigns set health_settled = 9, health_failed = 4;
      insert into suppressions (value, channel, reason, source)
      select l.email, 'email', 'the address does not exist', 'refusal' from messages m join leads l on l.id = m.lead_id
      where m.failure_reason like '%5.1.1%';
      """)
    let dry = try await requeue(workspace, "--dry-run")
    #expect(dry.exit == 0, "\(dry.errors)")
    #expect(dry.json["requeued"] as? Int == 0 && dry.json["failed"] as? Int == 4)
    let reasons = (dry.json["by_reason"] as? [[String: Any]] ?? []).map {
      "\($0["messages"] ?? 0) \($0["reason"] ?? "")"
    }
    #expect(reasons == ["3 550 5.4.5 Daily LIMIT of … for … exceeded", "1 550 5.1.1 User unknown"])
    #expect(dry.json["suppressed"] as? Int == 1)
    let suppressed = (dry.json["suppressed_by"] as? [[String: Any]])?.first
    #expect(suppressed?["source"] as? String == "refusal" && suppressed?["messages"] as? Int == 1)
    #expect(try await workspace.states() == ["failed": 4])
    #expect(try await workspace.sql("select status, open_count from campaigns") == ["completed|0"])

    #expect(try await requeue(workspace, "--reason", "no such reason").json["requeued"] as? Int == 0)
    #expect(try await workspace.sql("select status from campaigns") == ["completed"])
    let since = try await requeue(workspace, "--reason", "daily limit", "--since", "2026-05-04T12:00:01+02:00")
    #expect(since.json["requeued"] as? Int == 2 && since.json["suppressed"] as? Int == 0, "\(since.output)")
    #expect(try await workspace.sql("select health_settled, health_failed from campaigns") == ["2|2"])
    let id = try await workspace.sql("select max(id) from messages")[0]
    let one = try await requeue(workspace, "--message", id)
    #expect(one.json["requeued"] as? Int == 1 && one.errors.contains("suppress --remove"), "\(one.output)")
    #expect(try await requeue(workspace, "--message", id).exit == 66)
    #expect(try await workspace.states() == ["failed": 1, "pending": 3])
    #expect(try await requeue(workspace).json["requeued"] as? Int == 1)
    #expect(try await workspace.wrongCounters() == [])
    // Who is on the list stays unwritten to.
    try await workspace.run("resume-campaign", ["spring"])
    let tick = try await workspace.run("tick", offset: "1 minute")
    #expect(tick.json["sent"] as? Int == 3 && tick.json["skipped"] as? Int == 1, "\(tick.output) \(tick.errors)")
    #expect(try server.accepted().count == 4 + 3)
  }

  /// A slip of the operator that leaves a campaign open with nothing in it never ends.
  @Test("Where nothing has failed nothing changes, and a wrong option changes nothing")
  func nothing() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 1)
    for state in ["draft", "running", "completed"] {
      if state == "running" { try await workspace.run("start-campaign", ["spring"]) }
      if state == "completed" { try await workspace.run("tick") }
      let before = try await workspace.sql("select * from campaigns; select * from lead_batches; table campaign_events")
      let ran = try await requeue(workspace)
      #expect(ran.exit == (state == "draft" ? 65 : 0), "\(ran.errors)")
      #expect(try await requeue(workspace, "--since", "yesterday").exit == 64)
      #expect(try await requeue(workspace, "--message", "1").exit == (state == "draft" ? 65 : 66))
      #expect(
        try await workspace.sql("select * from campaigns; select * from lead_batches; table campaign_events") == before)
    }
    #expect(try await workspace.run("requeue", ["nowhere"]).exit == 66)
  }

  /// Somebody else has the leads by now: writing to them as well would be what batches are locked against.
  @Test("It is refused while another campaign has the batch, and of a cancelled campaign")
  func refused() async throws {
    let (workspace, _) = try await failed(1, of: 1)
    try await workspace.seed("summer", port: 1, leads: 1)
    try await workspace.sql(
      "update campaigns set batch_ids = (select batch_ids from campaigns where name = 'spring') where name = 'summer'")
    #expect(try await workspace.run("start-campaign", ["summer"]).exit == 0)
    let ran = try await requeue(workspace)
    #expect(ran.exit == 65 && ran.errors.contains("summer"), "\(ran.errors)")
    #expect(try await workspace.states() == ["failed": 1])
    #expect(
      try await workspace.sql("select status, open_count from campaigns where name = 'spring'") == ["completed|0"])
    try await workspace.run("cancel-campaign", ["summer"])
    let cancelled = try await workspace.run("requeue", ["summer"])
    #expect(cancelled.exit == 65 && cancelled.errors.contains("cancelled"), "\(cancelled.errors)")
  }

  /// Two people see the same failures on a Monday morning.
  @Test("Requeued by several at once, beside ticks, each goes out once more and once only")
  func together() async throws {
    let (workspace, server) = try await failed(3, of: 6, steps: [0, 1])
    #expect(try await workspace.sql("select status from campaigns") == ["running"])
    let programs = try ["requeue", "tick", "requeue", "tick", "requeue"].map { program in
      try workspace.start(program, program == "tick" ? [] : ["spring"], offset: "1 minute")
    }
    var requeued = 0
    for program in programs {
      let ran = await program.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      requeued += ran.json["requeued"] as? Int ?? 0
    }
    #expect(requeued == 3)
    #expect(try await workspace.wrongCounters() == [])
    #expect(try await workspace.run("tick", offset: "2 minutes").exit == 0)
    let last = try await workspace.run("tick", offset: "3 days")
    #expect(last.json["completed"] as? [String] == ["spring"], "\(last.output) \(last.errors)")
    #expect(try await workspace.states() == ["sent": 12])
    #expect(try server.accepted().count == 3 + 12)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Both mails of a sequence in one minute, and the second one in front.
  @Test("Of two failed steps of one lead the first goes, and the second when that has settled")
  func order() async throws {
    let (workspace, server) = try await failed(1, of: 1, steps: [0, 1])
    // As if the second one had been sent and refused before the first was known to have failed.
    try await workspace.sql(
      """
      update messages set status = 'failed', skip_reason = null, failed_at = clock(), failure_reason = 'x'
      where step_number = 2;
      update campaign_steps set failed = 1, skipped = 0 where step_number = 2;
      update campaigns set emails_failed_count = 2;
      """)
    #expect(try await requeue(workspace).json["requeued"] as? Int == 2)
    #expect(
      try await workspace.sql("select step_number, coalesce(not_before = 'infinity', false) from messages order by 1")
        == ["1|f", "2|t"])
    try await workspace.run("resume-campaign", ["spring"])
    #expect(try await workspace.run("tick", offset: "1 minute").json["sent"] as? Int == 1)
    #expect(try await workspace.run("tick", offset: "2 days").json["completed"] as? [String] == ["spring"])
    #expect(try server.accepted().count == 1 + 2)
    #expect(try await workspace.wrongCounters() == [])
  }
}
