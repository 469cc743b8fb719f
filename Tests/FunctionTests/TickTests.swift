import Foundation
import Support
import Testing

@Suite struct TickTests {
  /// The plain case: everything that is due goes out, once, and the campaign is complete.
  @Test("A tick sends everything that is due and completes the campaign")
  func sends() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 30)
    let started = try await workspace.run("start-campaign", ["spring"]).json
    #expect(started["messages"] as? Int == 30)
    let tick = try await workspace.run("tick")
    #expect(tick.exit == 0)
    #expect(tick.json["sent"] as? Int == 30)
    #expect(tick.json["completed"] as? [String] == ["spring"])
    #expect(Set(try server.accepted()).count == 30)
    #expect(try server.accepted().count == 30)
    let status = try await workspace.run("campaign-status", ["spring"]).json
    #expect(status["status"] as? String == "completed")
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A sequence that is "completed" after its first step is the oldest complaint about the old engines.
  @Test("Three steps over three days: 30 messages at once, complete only after the third day")
  func workflow() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 10, steps: [0, 1, 1])
    let started = try await workspace.run("start-campaign", ["spring"]).json
    #expect(started["messages"] as? Int == 30)
    for day in 0...2 {
      let offset = day == 0 ? nil : "\(day) days"
      let tick = try await workspace.run("tick", offset: offset)
      #expect(tick.json["sent"] as? Int == 10, "\(tick.output) \(tick.errors)")
      let again = try await workspace.run("tick", offset: offset)
      #expect(again.json["sent"] as? Int == 0)
      let status = try await workspace.run("campaign-status", ["spring"], offset: offset).json
      #expect(status["status"] as? String == (day == 2 ? "completed" : "running"))
    }
    #expect(try server.accepted().count == 30)
    #expect(try await workspace.sql("select distinct status, emails_sent from leads") == ["follow_up_2|3"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// After an outage of days all steps are past their plan; sent at once they would be three mails in a minute.
  @Test("A step never goes out sooner than its delay after the step before it, less the tolerance")
  func spacing() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 3, steps: [0, 1, 1])
    try await workspace.run("start-campaign", ["spring"])
    var sent: [Int] = []
    for offset in [
      "5 days", "5 days 1 hour", "5 days 22 hours", "5 days 23 hours 30 minutes", "6 days 20 hours", "6 days 23 hours",
    ] {
      let tick = try await workspace.run("tick", offset: offset)
      sent.append(tick.json["sent"] as? Int ?? -1)
    }
    #expect(sent == [3, 0, 0, 3, 0, 3])
  }

  /// Killed at any moment: what was not sent is sent by the next tick, and no lead gets two.
  @Test("After SIGKILL the next tick sends the rest, none twice, and at most one message per connection is unknown")
  func killed() async throws {
    let workspace = try await Workspace()
    // The server keeps four answers back, so that the kill comes in time on a slow machine too.
    let hangs = (16...19).map { #"{"at":"\#($0 % 2 == 0 ? "dot" : "accepted")","message":\#($0),"do":"hang"}"# }
    let server = try await SMTPServer(script: "[\(hangs.joined(separator: ","))]")
    try await workspace.seed(port: server.port, leads: 100, connections: 4, lease: 40, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "script" } == 4 }
    tick.signal(SIGKILL)
    #expect(await tick.wait().exit == -SIGKILL)
    let inFlight = try await workspace.states()["sending"] ?? 0
    #expect(inFlight > 0, "the kill met no message in flight")
    #expect(inFlight <= 4)
    // Whoever has these is dead: all that happens until the deadline is that the time passes.
    try await workspace.sql("update messages set deadline = clock_timestamp() where deadline is not null")
    let left = try await workspace.run("campaign-status", ["spring"]).json
    #expect((left["reason"] as? String)?.contains("died") == true, "\(left)")
    let second = try await workspace.run("tick")
    #expect(second.json["recovered"] as? Int == inFlight)
    let states = try await workspace.states()
    #expect(states["unknown"] == inFlight)
    #expect(states["sent"] == 100 - inFlight)
    let accepted = try server.accepted()
    #expect(Set(accepted).count == accepted.count)
    let missing = 100 - accepted.count
    #expect(missing <= inFlight)
    #expect(try await workspace.run("campaign-status", ["spring"]).json["status"] as? String == "completed")
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Cron overlaps: two ticks that work the same campaign must share it, not double it.
  @Test("Ticks that run at the same time send each message once")
  func parallel() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 200)
    try await workspace.run("start-campaign", ["spring"])
    let ticks = try (0..<4).map { _ in try workspace.start("tick") }
    var sent = 0
    for tick in ticks {
      let ran = await tick.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      sent += ran.json["sent"] as? Int ?? 0
    }
    #expect(sent == 200)
    let accepted = try server.accepted()
    #expect(accepted.count == 200)
    #expect(Set(accepted).count == 200)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A deploy or a shutdown sends SIGTERM: what is out is settled, so that nothing is left unknown.
  @Test("SIGTERM settles what is out, and exits 0")
  func terminated() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(options: ["--delay", "0.05"]))
    try await workspace.seed(port: server.port, leads: 1000)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "accepted" } >= 6 }
    tick.signal(SIGTERM)
    let ran = await tick.wait()
    #expect(ran.exit == 0, "\(ran.errors)")
    let states = try await workspace.states()
    #expect(states["sending"] == nil)
    #expect(states["unknown"] == nil)
    #expect((states["pending"] ?? 0) > 0, "the signal came too late to show anything")
    #expect(states["sent"] == ran.json["sent"] as? Int)
    #expect(try server.accepted().count == states["sent"])
  }

  /// A budget that runs out is the ordinary end of a tick under cron.
  @Test("A budget that is spent ends the tick with nothing out")
  func budget() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(options: ["--delay", "0.05"]))
    try await workspace.seed(port: server.port, leads: 400, connections: 2)
    try await workspace.run("start-campaign", ["spring"])
    let ran = try await workspace.run("tick", ["--budget", "1"])
    #expect(ran.exit == 0)
    let states = try await workspace.states()
    #expect(states["sending"] == nil && states["unknown"] == nil)
    #expect((states["pending"] ?? 0) > 0)
  }

  /// Three retries an hour apart, then it failed: never a fifth attempt, and the counters follow.
  @Test("A deferred message is tried four times in all, an hour apart, and then it has failed")
  func retries() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"rcpt","do":"reply","text":"450 4.2.1 try later"}]"#)
    try await workspace.seed(port: server.port, leads: 1, steps: [0, 1])
    try await workspace.run("start-campaign", ["spring"])
    for (hour, deferred) in [(0, 1), (1, 1), (2, 1)] {
      let tick = try await workspace.run("tick", offset: "\(hour) hours")
      #expect(tick.json["deferred"] as? Int == deferred)
      let early = try await workspace.run("tick", offset: "\(hour) hours 50 minutes")
      #expect(early.json["claimed"] as? Int == 0)
    }
    let last = try await workspace.run("tick", offset: "3 hours 10 minutes").json
    #expect(last["failed"] as? Int == 1)
    #expect(last["completed"] as? [String] == ["spring"])
    #expect(
      try await workspace.sql("select step_number, status, attempt, skip_reason from messages order by 1") == [
        "1|failed|4|", "2|skipped|0|step 1 failed",
      ])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A password or a server that is down is nobody's failure: no lead may pay for it with an attempt.
  @Test("A sender that cannot connect stops, is named, and costs no message an attempt")
  func unreachable() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try await workspace.run("tick")
    #expect(tick.exit == 69)
    #expect(tick.json["claimed"] as? Int == 0)
    #expect((tick.json["stopped"] as? [[String: Any]])?.first?["sender"] as? String == "spring-mail")
    let status = try await workspace.run("campaign-status", ["spring"]).json
    #expect((status["reason"] as? String)?.contains("spring-mail") == true)
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])

    let server = try await SMTPServer()
    try await workspace.sql("update senders set url = 'smtp://127.0.0.1:\(server.port)'")
    let again = try await workspace.run("tick")
    #expect(again.exit == 0)
    #expect(again.json["sent"] as? Int == 3)
    #expect(try await workspace.sql("select count(*) from senders where trouble is not null") == ["0"])
  }

  /// The server refuses the sender's own address while other mails are out: those have to come to their end, and the
  /// server must be left alone.
  @Test("A sender that is stopped in the middle settles what it has out, and does not begin again")
  func stoppedInTheMiddle() async throws {
    let workspace = try await Workspace()
    let refusals = (5...40).map { #"{"at":"mail","message":\#($0),"do":"reply","text":"550 5.7.1 not you"}"# }
    let server = try await SMTPServer(
      script: "[\(refusals.joined(separator: ",")),{\"at\":\"dot\",\"do\":\"delay\",\"seconds\":0.3}]")
    try await workspace.seed(port: server.port, leads: 60, connections: 4)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try await workspace.run("tick")
    #expect(tick.exit == 69)
    let states = try await workspace.states()
    #expect(states["sending"] == nil && states["failed"] == nil && states["unknown"] == nil)
    #expect(states["sent"] == (try server.accepted().count))
    #expect((states["sent"] ?? 0) >= 4)
    #expect(try await workspace.sql("select max(attempt) from messages where status = 'pending'") == ["0"])
    let mails = try server.events().filter { ($0.fields["line"] as? String)?.hasPrefix("MAIL ") == true }.count
    #expect(mails <= 12, "4 connections, at most one more mail on each after the refusal")
  }

  /// The wrong password must not be written anywhere, nor may the leads pay for it.
  @Test("A wrong or missing password stops the sender, and is never printed")
  func password() async throws {
    let certificates = try await makeCertificate()
    let workspace = try await Workspace()
    let server = try await SMTPServer(options: [
      "--starttls", certificates + "/cert.pem", certificates + "/key.pem", "--auth", "ada:right", "--require-auth",
    ])
    try await workspace.seed(port: server.port, leads: 3, url: "smtp+starttls://localhost:\(server.port)")
    try await workspace.sql("update senders set username = 'ada', password_env = 'SENDER_TEST'")
    try await workspace.run("start-campaign", ["spring"])

    let missing = try await workspace.run("tick", environment: ["SSL_CERT_FILE": certificates + "/cert.pem"])
    #expect(missing.exit == 69)
    #expect(missing.errors.contains("SENDER_TEST"))
    let wrong = try await workspace.run(
      "tick",
      environment: ["SSL_CERT_FILE": certificates + "/cert.pem", "SENDER_TEST": "wr0ng-s3cret", "LOG_LEVEL": "trace"])
    #expect(wrong.exit == 69)
    #expect(wrong.errors.contains("535"))
    #expect(!(wrong.errors + wrong.output).contains("wr0ng-s3cret"))
    let untrusted = try await workspace.run("tick", environment: ["SENDER_TEST": "right"])
    #expect(untrusted.exit == 69)
    #expect(untrusted.errors.contains("certificate"))
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])

    // Failed twice it rests: a server locks out who tries too often.
    let right = try await workspace.run(
      "tick", offset: "2 minutes",
      environment: ["SSL_CERT_FILE": certificates + "/cert.pem", "SENDER_TEST": "right"])
    #expect(right.exit == 0, "\(right.errors)")
    #expect(right.json["sent"] as? Int == 3)
  }

  /// libcurl goes on without logging in, or without TLS, where the server offers none: that would leak the mail.
  @Test("A sender that requires STARTTLS or a login sends nothing to a server that offers neither")
  func required() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer()
    try await workspace.seed(port: server.port, leads: 1, url: "smtp+starttls://127.0.0.1:\(server.port)")
    try await workspace.run("start-campaign", ["spring"])
    let withoutTLS = try await workspace.run("tick")
    #expect(withoutTLS.exit == 69)
    #expect(withoutTLS.errors.contains("STARTTLS"))
    try await workspace.sql(
      "update senders set url = 'smtp://127.0.0.1:\(server.port)', username = 'ada', password_env = 'SENDER_TEST'")
    let withoutLogin = try await workspace.run("tick", environment: ["SENDER_TEST": "x"])
    #expect(withoutLogin.exit == 69)
    #expect(withoutLogin.errors.contains("log in"))
    #expect(try server.accepted() == [])
  }

  /// A message that is sent again, after a crash or a deferral, must be recognisable as the same.
  @Test("A message has the same Message-ID whenever it is sent")
  func messageID() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(
      script: #"[{"at":"accepted","do":"drop","times":1}]"#)
    try await workspace.seed(port: server.port, leads: 1, lease: 30, timeout: 1, onUnknown: "resend")
    try await workspace.run("start-campaign", ["spring"])
    let first = try await workspace.run("tick").json
    #expect(first["unknown"] as? Int == 1)
    let early = try await workspace.run("tick").json
    #expect(early["claimed"] as? Int == 0, "a resend waits for the old deadline")
    let second = try await workspace.run("tick", offset: "1 minute").json
    #expect(second["sent"] as? Int == 1, "\(second)")
    let identifiers = try server.events().filter { $0.name == "accepted" }.compactMap {
      $0.fields["message_id"] as? String
    }
    #expect(identifiers.count == 2)
    #expect(Set(identifiers).count == 1)
  }

  /// A database that restarts, or an operator who cuts connections, must cost nothing but a moment.
  @Test("Connections to the database that are cut while a tick claims, sends and settles cost no message")
  func cut() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(options: ["--delay", "0.01"]))
    try await workspace.seed(port: server.port, leads: 300)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    var cuts = 0
    for count in stride(from: 20, through: 220, by: 40) {
      try await server.wait { $0.count { $0.name == "accepted" } >= count }
      // Only this workspace's tick: the others belong to tests that run at the same time.
      cuts += try await workspace.sql(
        """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where application_name = 'campanile/tick' and query like '%' and pid in (
          select pid from pg_locks where locktype = 'relation' and relation in (
            select oid from pg_class where relnamespace = '\(workspace.schema)'::regnamespace))
        """
      ).compactMap { Int($0) }.reduce(0, +)
    }
    let ran = await tick.wait()
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(cuts > 0, "no connection was cut in the middle of a transaction")
    #expect(try await workspace.states() == ["sent": 300])
    let accepted = try server.accepted()
    #expect(Set(accepted).count == 300)
    #expect(accepted.count == 300)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A check of the clock cannot stop a process that is frozen between the check and the write; the dead-man timer can.
  @Test("A tick that is frozen past its deadline writes nothing more when it goes on")
  func frozen() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"data","do":"delay","seconds":4}]"#)
    try await workspace.seed(port: server.port, leads: 3, connections: 3, lease: 7, timeout: 5)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "script" } >= 3 }
    tick.signal(SIGSTOP)
    let seen = try server.events().filter { $0.name == "read" }.count
    try await workspace.sql(
      "select pg_sleep(extract(epoch from max(deadline) - clock_timestamp()) + 0.3) from messages")
    tick.signal(SIGCONT)
    #expect(await tick.wait().exit == -SIGALRM)
    #expect(try server.events().filter { $0.name == "read" }.count == seen)
    #expect(try server.accepted() == [])
    let recovered = try await workspace.run("resume-stuck")
    #expect(recovered.json["recovered"] as? Int == 3)
    #expect(try await workspace.states() == ["unknown": 3])
  }

  /// Nothing of it may be handed over, and nothing of it has been: to be ended by the dead-man timer would make everything
  /// that the tick has out unknown.
  @Test("What a claim brings after its deadline is given back, and the tick goes on")
  func late() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 6, connections: 2, lease: 2, timeout: 1)
    try await workspace.run("start-campaign", ["spring"])
    // The first claim takes longer than its lease.
    try await workspace.sql(
      """
      create table slow (times int);
      insert into slow values (1);
      create function be_slow() returns trigger language plpgsql as $$
      begin
        delete from slow;
        if found then perform pg_sleep(2.5); end if;
        return null;
      end $$;
      create trigger be_slow after update on messages
        for each row when (old.status = 'pending' and new.status = 'sending') execute function be_slow();
      """)
    let tick = try await workspace.run("tick")
    #expect(tick.exit == 0, "\(tick.exit): \(tick.errors)")
    #expect((tick.json["returned"] as? Int ?? 0) > 0, "the claim was answered in time")
    #expect(try await workspace.states() == ["sent": 6])
    #expect(try server.accepted().count == 6)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Both ticks have claimed nothing, and learnt of the same messages that they must be skipped: the second to say so moves
  /// none of them. It once went to sleep over them, until its budget was spent and for an hour more.
  @Test("Two ticks that skip the same messages both come to their end")
  func sameSkips() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 60, connections: 16)
    try await workspace.run("start-campaign", ["spring"])
    try await workspace.sql("update leads set status = 'replied'")
    let session = try workspace.session()
    // A settlement needs the campaign's row, a claim does not.
    try session.ask("begin; select 1 from campaigns for update;")
    let ticks = [try workspace.start("tick", ["--budget", "600"]), try workspace.start("tick", ["--budget", "600"])]
    try await workspace.sql(
      """
      set statement_timeout = '20s';
      do $$ begin
        while (select count(distinct w.pid) from pg_locks w join pg_locks r on r.pid = w.pid
               where not w.granted and r.relation = 'campaigns'::regclass) < 2 loop
          perform pg_sleep(0.005);
        end loop;
      end $$;
      """)
    try session.ask("commit;")
    let patience = Date(timeIntervalSinceNow: 60)
    while ticks.contains(where: { !$0.hasEnded }), Date() < patience { try await Task.sleep(for: .milliseconds(20)) }
    for tick in ticks where !tick.hasEnded { tick.signal(SIGKILL) }
    var skipped = 0
    for tick in ticks {
      let ran = await tick.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      skipped += ran.json["skipped"] as? Int ?? 0
    }
    #expect(skipped == 60)
    #expect(try await workspace.states() == ["skipped": 60])
    #expect(try await workspace.wrongCounters() == [])
  }

  enum Disturbance: CaseIterable { case none, refusedSettlements, droppedConnections }

  /// Of hundreds of connections a part waits for the second claim while the first is under way: counted twice, it would
  /// have two messages. What a second settlement makes good, the first has not: it is refused and tried again alone.
  /// The number of a dropped connection's descriptor is the next one's: a mail must not end in the middle of another.
  @Test(
    "With hundreds of connections, and two settlements under way, each connection has one message and each message one mail",
    arguments: Disturbance.allCases)
  func manyConnections(disturbance: Disturbance) async throws {
    let drops = stride(from: 3, to: 400, by: 7).map { #"{"at":"idle","connection":\#($0),"do":"drop"}"# }
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(script: disturbance == .droppedConnections ? "[\(drops.joined(separator: ","))]" : "[]")
    )
    try await workspace.seed(port: server.port, leads: 2000, connections: 210, lease: 40, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    // Each transaction takes a while, so that the next ones are under way meanwhile.
    try await workspace.sql(
      """
      create sequence settled;
      create function refuse() returns trigger language plpgsql as $$
      begin
        if nextval('settled') % 300 = 0 then raise exception 'for the test' using errcode = 'deadlock_detected'; end if;
        return null;
      end $$;
      create function count_out() returns trigger language plpgsql as $$
      begin
        if (select count(*) from in_flight() f where f.status = 'sending') > 210 then raise exception 'too many'; end if;
        perform pg_sleep(0.02);
        return null;
      end $$;
      """)
    try await workspace.sql(
      disturbance == .refusedSettlements
        ? """
        create trigger refuse after update on messages
          for each row when (old.status = 'sending' and new.status = 'sent') execute function refuse();
        """
        : "create trigger count_out after update on messages for each statement execute function count_out();")
    let tick = try await workspace.run("tick", ["--budget", "120"], environment: ["LOG_LEVEL": "debug"])
    #expect(tick.exit == 0, "\(tick.errors.suffix(500))")
    #expect(tick.json["sent"] as? Int == 2000)
    #expect(tick.json["completed"] as? [String] == ["spring"])
    #expect(tick.json["unknown"] as? Int == 0 && tick.json["deferred"] as? Int == 0)
    let lines = tick.errors.split(separator: "\n")
    let refusals = lines.count { $0.contains("trying again") }
    #expect(disturbance == .refusedSettlements ? refusals > 3 : refusals == 0)
    if disturbance == .none {
      #expect(tick.json["returned"] as? Int == 0, "more was claimed than there were connections")
      #expect(lines.contains { $0.contains("two claims under way") })
      #expect(lines.contains { $0.contains("two settlements under way") })
    }
    #expect(try await workspace.states() == ["sent": 2000])
    let accepted = try server.events().filter { $0.name == "accepted" }
    #expect(accepted.count == 2000)
    let leads = Dictionary(
      try await workspace.sql("select m.id, l.email from messages m join leads l on l.id = m.lead_id").map {
        let columns = $0.split(separator: "|").map(String.init)
        return (columns[0], columns[1])
      }
    ) { first, _ in first }
    for mail in accepted {
      // The message's identifier begins with its number.
      let number = (mail.fields["message_id"] as? String ?? "").drop { $0 == "<" }.prefix { $0 != "." }
      #expect((mail.fields["to"] as? [String])?.first == leads[String(number)], "a mail to somebody else")
    }
    #expect(Set(accepted.compactMap { ($0.fields["to"] as? [String])?.first }).count == 2000)
    if disturbance == .droppedConnections {
      #expect(try server.events().count { $0.name == "connect" } > 230, "no connection was opened in place of another")
    }
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A fast pace and a slow server: with one connection after the other the pace would never be reached.
  @Test("A paced sender opens a connection for each slot while the others are at work")
  func pacedConnections() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"mail","do":"delay","seconds":2}]"#)
    try await workspace.seed(port: server.port, leads: 12, connections: 12, lease: 20, timeout: 15)
    try await workspace.sql("update senders set pace_count = 100, pace_period = '1 second'")
    try await workspace.run("start-campaign", ["spring"])
    #expect(try await workspace.run("tick").json["sent"] as? Int == 12)
    // Each of twelve is out for two seconds, and their slots are within a fifth of one.
    let connects = try server.events().count { $0.name == "connect" }
    #expect(connects >= 8, "\(connects) connections for 12 mails that were to go at once")
  }

  private func makeCertificate() async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cert-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let made = try await Running(
      Machine.root.appendingPathComponent("Tests/Support/make-certificate"), [folder.path],
      environment: ["PATH": "/usr/bin:/bin"], input: nil
    ).wait()
    try #require(made.exit == 0, "\(made.errors)")
    return folder.path
  }
}
