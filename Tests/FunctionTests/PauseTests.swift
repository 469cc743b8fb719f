import Foundation
import Support
import Testing

@Suite struct PauseTests {
  /// Whoever comes back from a holiday would find that step 3 went out on the morning of the resume, or not at all.
  @Test("A pause of ten days moves the third step by ten days, fires nothing early and loses nothing")
  func holiday() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 10, steps: [0, 1, 1])
    #expect(try await workspace.run("start-campaign", ["spring"]).json["messages"] as? Int == 30)
    var sent: [String: Int] = [:]
    func tick(_ offset: String) async throws {
      let ran = try await workspace.run("tick", offset: offset)
      #expect(ran.exit == 0, "\(ran.errors)")
      sent[offset] = ran.json["sent"] as? Int
    }
    for offset in ["0 days", "1 day"] { try await tick(offset) }
    let paused = try await workspace.run("pause-campaign", ["spring"], offset: "1 day 12 hours")
    #expect(paused.exit == 0, "\(paused.errors)")
    for offset in ["1 day 18 hours", "2 days 1 hour", "5 days", "11 days"] { try await tick(offset) }
    let resumed = try await workspace.run("resume-campaign", ["spring"], offset: "11 days 12 hours")
    #expect(resumed.json["status"] as? String == "running")
    for offset in ["11 days 13 hours", "11 days 23 hours 50 minutes", "12 days"] { try await tick(offset) }
    #expect(
      sent == [
        "0 days": 10, "1 day": 10, "1 day 18 hours": 0, "2 days 1 hour": 0, "5 days": 0, "11 days": 0,
        "11 days 13 hours": 0, "11 days 23 hours 50 minutes": 0, "12 days": 10,
      ])
    #expect(try await workspace.states() == ["sent": 30])
    let accepted = try server.accepted()
    #expect(accepted.count == 30)
    #expect(Dictionary(accepted.map { ($0, 1) }, uniquingKeysWith: +).values.allSatisfy { $0 == 3 })
    #expect(try await workspace.run("campaign-status", ["spring"]).json["status"] as? String == "completed")
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A pause that rewrote its messages would take minutes for a million, and leave as many dead rows.
  @Test("Pausing and resuming write no message row and no lead row")
  func touchesNothing() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 20, steps: [0, 1, 1])
    try await workspace.run("start-campaign", ["spring"])
    func versions() async throws -> [String] {
      try await workspace.sql(
        "select id, xmin, cmin, ctid from messages order by 1; select id, xmin, cmin, ctid from leads order by 1")
    }
    let before = try await versions()
    #expect(before.count == 80)
    for day in 1...3 {
      #expect(try await workspace.run("pause-campaign", ["spring"], offset: "\(day) days").exit == 0)
      #expect(try await workspace.run("resume-campaign", ["spring"], offset: "\(day) days 5 hours").exit == 0)
    }
    #expect(try await versions() == before)
    #expect(try await workspace.sql("select paused_total > '14:59:00' from campaigns") == ["t"])
  }

  /// The second operator would believe that the first one's pause holds, or start the clock of the pause anew.
  @Test("Pausing a paused campaign answers the same, keeps the first pause's beginning, and counts no new pause")
  func pausedAlready() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 2)
    try await workspace.run("start-campaign", ["spring"])
    let first = try await workspace.run("pause-campaign", ["spring", "--by", "ada", "--reason", "a typo"])
    let pause = "select paused_at, pause_number, paused_total from campaigns"
    let begun = try await workspace.sql(pause)
    let second = try await workspace.run("pause-campaign", ["spring", "--by", "bob"], offset: "1 day")
    #expect(first.exit == 0 && second.exit == 0)
    #expect(first.output == second.output)
    #expect(first.json["status"] as? String == "paused")
    #expect(try await workspace.sql(pause) == begun)
    #expect(
      try await workspace.sql("select actor, reason from campaign_events where becomes = 'paused'") == ["ada|a typo"])
  }

  /// A failed campaign does not send, and whoever pauses it wants to know that nothing is out any more.
  @Test("Pausing a failed campaign leaves it failed, waits for what is out, and says what became of it")
  func failed() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"accepted","do":"delay","seconds":3,"times":2}]"#)
    try await workspace.seed(port: server.port, leads: 6, connections: 2, lease: 9, timeout: 7)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "accepted" } >= 2 }
    try await workspace.sql(
      "update campaigns set status = 'failed', failed_at = clock(), failure_reason = 'too many failures'")
    let paused = try await workspace.run("pause-campaign", ["spring"])
    #expect(paused.exit == 0, "\(paused.errors)")
    #expect(paused.json["status"] as? String == "failed")
    #expect(paused.json["was_in_flight"] as? Int == 2)
    #expect(paused.json["still_out"] as? Int == 0)
    #expect((paused.json["settled"] as? [String: Int])?["sent"] == 2)
    #expect(await tick.wait().exit == 0)
    #expect(try await workspace.run("tick").json["claimed"] as? Int == 0)
    #expect(try server.accepted().count == 2)

    #expect(try await workspace.run("resume-campaign", ["spring"]).json["was"] as? String == "failed")
    #expect(try await workspace.run("tick").exit == 0)
    #expect(try await workspace.states() == ["sent": 6])
    #expect(try await workspace.sql("select failed_at, failure_reason from campaigns") == ["|"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// An operator who pauses the wrong campaign must not go home believing that the right one is paused.
  @Test("Pausing what is not there is 66, and what is a draft, completed or cancelled is 65 and says which")
  func refused() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 1)
    let unknown = try await workspace.run("pause-campaign", ["sprnig"])
    #expect(unknown.exit == 66)
    #expect(unknown.errors.contains("sprnig"))
    for program in ["resume-campaign", "cancel-campaign"] {
      #expect(try await workspace.run(program, ["sprnig"]).exit == 66)
    }
    func refuses(_ program: String, _ status: String) async throws {
      let ran = try await workspace.run(program, ["spring"])
      #expect(ran.exit == 65, "\(program) of a campaign that is \(status)")
      #expect(ran.errors.contains(status))
      #expect(try await workspace.sql("select status from campaigns") == [status])
    }
    try await refuses("pause-campaign", "draft")
    try await refuses("resume-campaign", "draft")
    try await workspace.run("start-campaign", ["spring"])
    #expect(try await workspace.run("tick").json["completed"] as? [String] == ["spring"])
    for program in ["pause-campaign", "resume-campaign", "cancel-campaign"] { try await refuses(program, "completed") }

    try await workspace.seed("summer", port: server.port, leads: 1)
    #expect(try await workspace.run("cancel-campaign", ["summer"]).exit == 0)
    for program in ["pause-campaign", "resume-campaign"] {
      let ran = try await workspace.run(program, ["summer"])
      #expect(ran.exit == 65)
      #expect(ran.errors.contains("cancelled"))
    }
  }

  /// A web page that pauses cannot wait a minute for a mail server that hangs; it has to be told that something is out.
  @Test("--no-wait answers at once, --wait 0.3 with exit 75, both with what is still out; the wait itself ends it")
  func impatient() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"dot","do":"hang"}]"#)
    try await workspace.seed(port: server.port, leads: 4, connections: 2, lease: 5, timeout: 3)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "dot" } == 2 }
    let atOnce = try await workspace.run("pause-campaign", ["spring", "--no-wait"])
    #expect(atOnce.exit == 0, "\(atOnce.errors)")
    #expect(atOnce.json["status"] as? String == "paused")
    #expect(atOnce.json["was_in_flight"] as? Int == 2)
    #expect(atOnce.json["still_out"] as? Int == 2)
    let begun = monotonicSeconds()
    let bounded = try await workspace.run("pause-campaign", ["spring", "--wait", "0.3"])
    #expect(monotonicSeconds() - begun >= 0.3)
    #expect(bounded.exit == 75)
    #expect(bounded.json["still_out"] as? Int == 2)
    #expect(bounded.errors.contains("paused, 2 out"))
    let whole = try await workspace.run("pause-campaign", ["spring"])
    #expect(whole.exit == 0, "\(whole.errors)")
    #expect(whole.json["still_out"] as? Int == 0)
    #expect((whole.json["settled"] as? [String: Int])?["unknown"] == 2)
    #expect(try await workspace.sql("select count(*) from messages where deadline > clock_timestamp()") == ["0"])
    _ = await tick.wait()
    #expect(try await workspace.states() == ["unknown": 2, "pending": 2])
    #expect(try server.accepted() == [])
  }

  /// Its answer would be a promise that somebody else has just broken.
  @Test("A pause that is resumed while it waits says so with exit 65, and does not promise that nothing leaves")
  func resumedMeanwhile() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"dot","do":"hang"}]"#)
    try await workspace.seed(port: server.port, leads: 2, connections: 1, lease: 5, timeout: 3)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.contains { $0.name == "dot" } }
    let pause = try workspace.start("pause-campaign", ["spring"])
    try await workspace.wait(until: "exists (select from campaigns where status = 'paused')")
    // Paused again at once: the same state as the one that the first waits for, but not the same pause.
    #expect(try await workspace.run("resume-campaign", ["spring"]).json["was"] as? String == "paused")
    let second = try await workspace.run("pause-campaign", ["spring", "--no-wait"])
    #expect(second.json["still_out"] as? Int == 1)
    let ran = await pause.wait()
    #expect(ran.exit == 65)
    #expect(ran.errors.contains("somebody changed the campaign"))
    tick.signal(SIGKILL)
    _ = await tick.wait()
  }

  /// Cron may call it twice, or a person who is not sure; neither must shift the clock.
  @Test("Resuming a campaign that runs changes nothing and says so")
  func runsAlready() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 1)
    try await workspace.run("start-campaign", ["spring"])
    let before = try await workspace.sql("select * from campaigns")
    let ran = try await workspace.run("resume-campaign", ["spring"], offset: "1 day")
    #expect(ran.exit == 0)
    #expect(ran.json["was"] as? String == "running" && ran.json["status"] as? String == "running")
    #expect(ran.errors.contains("runs already"))
    #expect(try await workspace.sql("select * from campaigns") == before)
  }

  /// A claim that does not ask, or that does not heed the answer, would send after the pause has looked what is out.
  @Test("A tick passes a campaign by whose barrier somebody holds, although it still reads running")
  func barrier() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 3)
    try await workspace.run("start-campaign", ["spring"])
    try await workspace.sql("create table signals (name text)")
    let holder = try workspace.session(
      """
      begin;
      select pg_advisory_xact_lock(barrier_namespace(), number) from campaigns;
      do $$ begin while not exists (select from signals) loop perform pg_sleep(0.01); end loop; end $$;
      commit;
      """)
    try await workspace.wait(until: "exists (select from \(barrierLocks) and l.granted)")
    let held = try await workspace.run("tick")
    #expect(held.exit == 0, "\(held.errors)")
    #expect(held.json["claimed"] as? Int == 0)
    #expect(try server.accepted() == [])
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])
    try await workspace.sql("insert into signals values ('go')")
    #expect(await holder.wait().exit == 0)
    #expect(try await workspace.run("tick").json["sent"] as? Int == 3)
  }

  /// Without the barrier the change would not see a claim that is about to commit: its message would leave, or be
  /// pending for ever in a campaign that is over.
  @Test(
    "A change waits for the claim that was granted before it, and counts its message as in flight",
    arguments: ["pause-campaign", "cancel-campaign"])
  func behindTheClaim(_ program: String) async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.run("start-campaign", ["spring"])
    let claim = try workspace.session(
      """
      begin;
      select pg_try_advisory_xact_lock_shared(barrier_namespace(), number) from campaigns;
      do $$ begin
        while not exists (select from \(barrierLocks) and not l.granted) loop perform pg_sleep(0.01); end loop;
      end $$;
      update messages set status = 'sending', claim_id = gen_random_uuid(), attempt = 1,
        deadline = clock_timestamp() + interval '1 s'
      where id = (select min(id) from messages);
      commit;
      """)
    try await workspace.wait(until: "exists (select from \(barrierLocks) and l.granted)")
    let ran = try await workspace.run(program, ["spring"])
    #expect(await claim.wait().exit == 0)
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.json["was_in_flight"] as? Int == 1)
    #expect((ran.json["settled"] as? [String: Int])?["unknown"] == 1)
    let rest = program == "pause-campaign" ? "pending" : "cancelled"
    #expect(try await workspace.states() == ["unknown": 1, rest: 2])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Its tick is dead and no other has come since: the change itself has to find the message, and to say of it what it
  /// says of any other, or the one mail that somebody should look at is the one that the answer leaves out.
  @Test(
    "What a dead tick left past its deadline counts as in flight, and the answer says what became of it",
    arguments: ["pause-campaign", "cancel-campaign"])
  func overdue(_ program: String) async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"dot","do":"hang"}]"#)
    try await workspace.seed(port: server.port, leads: 5, connections: 2, lease: 40, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "dot" } == 2 }
    tick.signal(SIGKILL)
    #expect(await tick.wait().exit == -SIGKILL)
    // One of the two only: what is past its deadline and what is not must come to one number.
    try await workspace.sql(
      """
      update messages set deadline = clock_timestamp() - interval '1 s'
      where id = (select min(id) from messages where status = 'sending');
      update messages set deadline = clock_timestamp() + interval '1 s'
      where id = (select max(id) from messages where status = 'sending');
      """)
    let ran = try await workspace.run(program, ["spring"])
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.json["was_in_flight"] as? Int == 2)
    #expect((ran.json["settled"] as? [String: Int])?["unknown"] == 2, "\(ran.output)")
    #expect(try await workspace.states()["unknown"] == 2)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A cancelled campaign that keeps its batches blocks every campaign after it.
  @Test("Cancelling cancels what is pending and releases the batches, with a line in their history; again works too")
  func cancel() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 10, steps: [0, 1, 1])
    try await workspace.run("start-campaign", ["spring"])
    #expect(try await workspace.run("tick").json["sent"] as? Int == 10)
    #expect(try await workspace.sql("select active_campaign_id is null from lead_batches") == ["f"])
    let ran = try await workspace.run("cancel-campaign", ["spring", "--by", "ada", "--reason", "enough"])
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.json["status"] as? String == "cancelled")
    #expect(ran.json["cancelled"] as? Int == 20)
    #expect(ran.json["was_in_flight"] as? Int == 0)
    #expect(try await workspace.states() == ["sent": 10, "cancelled": 20])
    let batches = """
      select active_campaign_id is null, campaign_history -> 0 ->> 'campaign', campaign_history -> 0 ->> 'because',
             jsonb_array_length(campaign_history) from lead_batches
      """
    #expect(try await workspace.sql(batches) == ["t|spring|cancelled|1"])
    #expect(
      try await workspace.sql("select was, actor, reason from campaign_events where becomes = 'cancelled'") == [
        "running|ada|enough"
      ])
    let again = try await workspace.run("cancel-campaign", ["spring"])
    #expect(again.exit == 0, "\(again.errors)")
    #expect(again.json["cancelled"] as? Int == 0)
    #expect(try await workspace.sql(batches) == ["t|spring|cancelled|1"])
    #expect(try await workspace.run("tick", offset: "5 days").json["claimed"] as? Int == 0)
    #expect(try server.accepted().count == 10)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A mail that is out cannot be called back: it settles, and only then is the batch free.
  @Test("Cancelling waits for what is out, which settles; what was deferred meanwhile is cancelled, not tried again")
  func cancelInFlight() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(
      script: """
        [{"at":"dot","do":"delay","seconds":1},
         {"at":"dot","recipient":"-2@","do":"reply","text":"451 4.3.0 later"},
         {"at":"dot","recipient":"-3@","do":"drop"}]
        """)
    try await workspace.seed(port: server.port, leads: 20, connections: 3, lease: 5, timeout: 3.5)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "dot" } == 3 }
    let ran = try await workspace.run("cancel-campaign", ["spring"])
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.json["was_in_flight"] as? Int == 3)
    #expect(ran.json["cancelled"] as? Int == 17)
    let settled = ran.json["settled"] as? [String: Int]
    #expect(settled?["sent"] == 1 && settled?["unknown"] == 1 && settled?["cancelled"] == 1, "\(ran.output)")
    #expect(await tick.wait().exit == 0)
    #expect(try await workspace.states() == ["sent": 1, "unknown": 1, "cancelled": 18])
    #expect(try server.accepted() == ["spring-1@x.test"])
    #expect(
      try await workspace.sql(
        "select active_campaign_id is null, jsonb_array_length(campaign_history) from lead_batches") == ["t|1"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// One message that a claim brings back behind the cancellation keeps the batch locked for ever.
  @Test("Ticks that claim while a campaign is cancelled, twice at once, leave nothing pending and nothing uncounted")
  func cancelUnderTicks() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(options: ["--delay", "0.01"]))
    for round in 1...5 {
      let name = "round\(round)"
      try await workspace.seed(name, port: server.port, leads: 400, connections: 3, lease: 20, timeout: 15)
      try await workspace.run("start-campaign", [name])
      let ticks = try (0..<2).map { _ in try workspace.start("tick") }
      try await server.wait { events in
        events.contains { $0.name == "accepted" && "\($0.fields["to"] ?? "")".contains(name) }
      }
      let cancels = try (0..<2).map { _ in try workspace.start("cancel-campaign", [name]) }
      var cancelled = 0
      for cancel in cancels {
        let ran = await cancel.wait()
        #expect(ran.exit == 0, "\(ran.errors)")
        cancelled += ran.json["cancelled"] as? Int ?? 0
      }
      let states = try await workspace.states(of: name)
      let accepted = try server.accepted().filter { $0.hasPrefix("\(name)-") }
      #expect(states == ["sent": accepted.count, "cancelled": cancelled])
      #expect(accepted.count + cancelled == 400 && cancelled > 0)
      for tick in ticks { #expect(await tick.wait().exit == 0) }
      #expect(try server.accepted().filter { $0.hasPrefix("\(name)-") } == accepted, "it left after the answer")
      #expect(
        try await workspace.sql("select active_campaign_id is null from lead_batches where name = '\(name)-leads'")
          == ["t"])
    }
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Seconds of a clock that nobody sets.
  private func monotonicSeconds() -> Double { ProcessInfo.processInfo.systemUptime }
}

/// The rows of `pg_locks` that are barriers of this workspace; goes behind `select from`.
private let barrierLocks = """
  pg_locks l where l.locktype = 'advisory' and l.objsubid = 2
    and l.classid = (barrier_namespace()::int8 & 4294967295)::oid
  """

extension Workspace {
  /// Starts SQL in a session of its own, which goes on while the test does.
  fileprivate func session(_ text: String) throws -> Running {
    try Running(
      URL(fileURLWithPath: "/usr/bin/psql"), ["-XAtq", "-v", "ON_ERROR_STOP=1", databaseURL()],
      environment: ["PGOPTIONS": "-c search_path=\(schema) -c statement_timeout=20s", "PATH": "/usr/bin:/bin"],
      input: Data(text.utf8))
  }

  /// Waits, in the database, until a condition holds.
  fileprivate func wait(until condition: String) async throws {
    try await sql(
      """
      set statement_timeout = '20s';
      do $$ begin while not (\(condition)) loop perform pg_sleep(0.005); end loop; end $$;
      """)
  }
}
