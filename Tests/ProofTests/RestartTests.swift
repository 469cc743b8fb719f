import Foundation
import Support
import Testing

/// DESIGN §1.2: the database goes away in the middle of things, with and without notice, and comes back.
@Suite struct RestartTests {
  /// Where the tick is, with a message at the mail server, when the database goes.
  enum Moment: String, CaseIterable, CustomTestStringConvertible {
    case claim, handOver, settle
    var testDescription: String { rawValue }
  }

  /// A claim that is handed over although its commit was not answered, a settlement that is dropped because its commit
  /// was not, a commit that the server had not written down: each is a mail that is sent twice, or lost.
  @Test(
    "PostgreSQL stops while a tick claims, hands over and settles, in order and by a crash: nothing is lost, nothing sent twice",
    arguments: Cluster.Stop.allCases, [3, 200])
  func restarted(_ stop: Cluster.Stop, connections: Int) async throws {
    // With two hundred there are two claims and two settlements under way when it goes.
    let leads = connections == 3 ? 300 : 4000
    let cluster = try await Cluster()
    let workspace = try await Workspace(url: cluster.url)
    var met: [String] = []
    for moment in Moment.allCases {
      let name = moment.rawValue.lowercased()
      // One mail is accepted, and its answer kept back until the database has gone: the server's clock is not asked.
      let server = try await SMTPServer(
        script: #"[{"at":"accepted","recipient":"-1@","do":"delay","seconds":2}]"#, options: ["--delay", "0.005"])
      // So many that the tick is still at it when psql has started.
      try await workspace.seed(name, port: server.port, leads: leads, connections: connections, lease: 40, timeout: 30)
      try await workspace.run("start-campaign", [name])
      try await workspace.holdStatements()
      let tick = try workspace.start("tick")
      try await server.wait { $0.count { $0.name == "accepted" } >= 12 }
      // The database stands still in the middle of the statement.
      switch moment {
      case .claim: try await workspace.hold("pending", "sending")
      case .settle: try await workspace.hold("sending", "sent")
      case .handOver: break
      }
      let inFlight = try await workspace.states(of: name)["sending"] ?? 0
      guard inFlight > 0 else {
        // A machine so busy that the moment was over before we came cannot judge it.
        print("restarts: \(name): not judged, nothing was in flight any more")
        try await workspace.release()
        _ = await tick.wait()
        continue
      }
      met.append("\(name): \(inFlight)")
      try await cluster.stop(stop)
      #expect(try await workspace.run("tick").exit == 75, "\(name): a tick without a database")
      try await cluster.start()
      try await workspace.release()
      let ran = await tick.wait()
      #expect(ran.exit == 0, "\(name): \(ran.errors)")
      #expect(ran.errors.contains("connected to the database again"), "\(name): the tick has not noticed")
      let accepted = try server.accepted()
      #expect(Set(accepted).count == accepted.count, "\(name): accepted twice")
      #expect(accepted.count == leads, "\(name)")
      #expect(try await workspace.states(of: name) == ["sent": leads], "\(name)")
      #expect(try await workspace.sql("select status from campaigns where name = '\(name)'") == ["completed"])
      #expect(try await workspace.wrongCounters() == [])
    }
    print("restarts: \(stop.rawValue), \(connections) connections: in flight at each: \(met.joined(separator: ", "))")
  }

  /// The whole story: the operator paused at contact 15 of 678, and then the host went down. After such a night the one
  /// question is who has got the mail, and the answer must not be "some of them twice".
  @Test(
    "A campaign paused at contact 15 of 678, and then a crash of everything: still paused, and everyone once in the end"
  )
  func story() async throws {
    let cluster = try await Cluster()
    let workspace = try await Workspace(url: cluster.url)
    // Fifteen go through; of the four that are out then, two are accepted and two are not, and none is answered.
    let connections = 4
    let hangs = (16...19).map { #"{"at":"\#($0 % 2 == 0 ? "dot" : "accepted")","message":\#($0),"do":"hang"}"# }
    let server = try await SMTPServer(script: "[\(hangs.joined(separator: ","))]")
    try await workspace.seed(port: server.port, leads: 678, connections: connections, lease: 40, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "script" } == connections }
    #expect(try server.accepted().count == 17)

    let pause = try workspace.start("pause-campaign", ["spring", "--by", "ada"])
    try await workspace.sql(
      """
      set statement_timeout = '20s';
      do $$ begin
        while not exists (select from campaigns where status = 'paused') loop perform pg_sleep(0.005); end loop;
      end $$;
      """)
    tick.signal(SIGKILL)
    try await cluster.stop(.immediate)
    #expect(await tick.wait().exit == -SIGKILL)
    #expect(await pause.wait().exit == 75, "it has not answered, and must not look as if it had")
    try await cluster.start()

    #expect(try await workspace.sql("select status from campaigns") == ["paused"])
    let inFlight = try await workspace.states()["sending"] ?? 0
    #expect(inFlight == connections, "the crash met \(inFlight) messages in flight")
    // A lease of seconds would do, on a fast machine; whoever has these is dead.
    try await workspace.sql(
      "update messages set deadline = clock_timestamp() + interval '8 s' where deadline is not null")
    let connects = try server.events().count { $0.name == "connect" }
    for _ in 0..<2 { #expect(try await workspace.run("tick").json["claimed"] as? Int == 0) }
    let again = try await workspace.run("pause-campaign", ["spring", "--by", "ada"])
    #expect(again.exit == 0, "\(again.errors)")
    #expect(again.json["still_out"] as? Int == 0)
    #expect(again.json["was_in_flight"] as? Int == connections)
    #expect((again.json["settled"] as? [String: Int])?["unknown"] == connections)
    #expect(try await workspace.run("tick").json["claimed"] as? Int == 0)
    #expect(try server.events().count { $0.name == "connect" } == connects, "somebody called the mail server")
    #expect(try await workspace.states() == ["sent": 15, "unknown": connections, "pending": 678 - 15 - connections])

    #expect(try await workspace.run("resume-campaign", ["spring"]).exit == 0)
    #expect(try await workspace.run("tick").json["completed"] as? [String] == ["spring"])
    #expect(try await workspace.states() == ["sent": 678 - connections, "unknown": connections])
    let accepted = try server.accepted()
    #expect(Set(accepted).count == accepted.count, "accepted twice")
    let rows = try await workspace.sql(
      "select l.email from messages m join leads l on l.id = m.lead_id where m.status = 'sent'")
    #expect(Set(rows).isSubset(of: accepted))
    #expect(accepted.count == 678 - 2, "two of the four had been accepted")
    #expect(
      try await workspace.sql("select was, becomes from campaign_events order by id offset 1") == [
        "draft|running", "running|paused", "paused|running", "running|completed",
      ])
    #expect(try await workspace.wrongCounters() == [])
    print(
      "story: paused at 15 of 678, \(inFlight) in flight, \(connections) unknown, \(accepted.count) accepted, none twice"
    )
  }
}

extension Workspace {
  /// Lets a test stop the database in the middle of the statement that moves a message from one state to another.
  fileprivate func holdStatements() async throws {
    try await sql(
      """
      create table if not exists holds (was text, becomes text);
      create or replace function hold_move() returns trigger language plpgsql as $$
      begin
        while exists (select from holds h where h.was = old.status and h.becomes = new.status) loop
          perform pg_sleep(0.01);
        end loop;
        return null;
      end $$;
      create or replace trigger hold_move after update on messages
        for each row when (old.status <> new.status) execute function hold_move();
      """)
  }

  /// Waits until a statement of a tick stands there.
  fileprivate func hold(_ was: String, _ becomes: String) async throws {
    try await sql(
      """
      insert into holds values ('\(was)', '\(becomes)');
      set statement_timeout = '20s';
      do $$ begin
        while not exists (
          select from pg_stat_activity where application_name = 'campanile/tick' and wait_event = 'PgSleep')
        loop perform pg_sleep(0.005); end loop;
      end $$;
      """)
  }

  fileprivate func release() async throws { try await sql("delete from holds") }
}
