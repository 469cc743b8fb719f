import Foundation
import Support
import Testing

/// A commit that is answered with a warning: an administrator cancels the wait for a synchronous standby, and whether the
/// commit holds after a failover nobody knows.
@Suite struct UnconfirmedCommitTests {
  private let cluster: Cluster
  private let workspace: Workspace

  init() async throws {
    cluster = try await Cluster()
    workspace = try await Workspace(url: cluster.url)
  }

  /// From now on no commit is confirmed: the standby that it waits for does not exist.
  private func loseTheStandby() async throws {
    try await workspace.sql("alter system set synchronous_standby_names = 'nobody'; select pg_reload_conf()")
    // The server takes that up when it comes to it.
    for attempt in 0..<1000 {
      let session = try workspace.session()
      session.send("set synchronous_commit = on; create table probe_\(attempt) ();")
      while try await workspace.sql("select to_regclass('probe_\(attempt)')").isEmpty {
        guard let waits = try await waiting().first else { continue }
        try await cancel(waits)
        return
      }
    }
    Issue.record("commits do not wait for the standby")
  }

  private func giveUpTheStandby() async throws {
    try await workspace.sql("alter system reset synchronous_standby_names; select pg_reload_conf()")
  }

  /// Which commits wait: the session, and since when.
  private func waiting() async throws -> [String] {
    try await workspace.sql("select pid, query_start from pg_stat_activity where wait_event = 'SyncRep'")
  }

  private func cancel(_ commit: String) async throws {
    try await workspace.sql("select pg_cancel_backend(\(commit.prefix { $0 != "|" }))")
  }

  /// Waits until another commit than that one waits, and answers which.
  private func nextToWait(after commit: String? = nil, _ program: Running) async throws -> String {
    while true {
      if let next = try await waiting().first(where: { $0 != commit }) { return next }
      try #require(!program.hasEnded, "nobody waits: \(program.result().errors)")
    }
  }

  /// A claim that a failover undoes is made again, and its messages are sent again.
  @Test("What was claimed by an unconfirmed commit is not sent, but given back")
  func claim() async throws {
    let server = try await SMTPServer()
    try await workspace.seed(port: server.port, leads: 6, connections: 2, lease: 60, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    try await loseTheStandby()

    let tick = try workspace.start("tick")
    let first = try await nextToWait(tick)
    try await cancel(first)
    // Now it gives back what it had claimed, and that waits as well.
    let second = try await nextToWait(after: first, tick)
    #expect(try server.accepted() == [])
    try await cancel(second)
    _ = try await nextToWait(after: second, tick)
    #expect(try server.accepted() == [])

    try await giveUpTheStandby()
    let ran = await tick.wait()
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.errors.contains("connected to the database again"))
    #expect(try server.accepted().count == 6)
    #expect(Set(try server.accepted()).count == 6)
    #expect(try await workspace.states() == ["sent": 6])
    #expect(try await workspace.sql("select distinct attempt from messages") == ["1"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A settlement that a failover undoes leaves its message `sending`, and later `unknown`.
  @Test("An unconfirmed settlement is sent again, and counted once")
  func settlement() async throws {
    let server = try await SMTPServer(script: #"[{"at": "dot", "do": "delay", "seconds": 5, "times": 1}]"#)
    try await workspace.seed(port: server.port, leads: 3, connections: 1, lease: 60, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { events in events.contains { $0.name == "script" } }
    try await loseTheStandby()

    let first = try await nextToWait(tick)
    #expect(try server.accepted().count == 1)
    // The claim behind it is at the database already, and waits next: it must not be confirmed after it was given back.
    try await cancel(first)
    _ = try await nextToWait(after: first, tick)
    #expect(try server.accepted().count == 1)

    try await giveUpTheStandby()
    let ran = await tick.wait()
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(try server.accepted().count == 3)
    #expect(Set(try server.accepted()).count == 3)
    #expect(ran.errors.contains("canceling wait"), "\(ran.errors)")
    #expect(ran.errors.contains("connected to the database again"))
    #expect(try await workspace.states() == ["sent": 3])
    let messages = try await workspace.run("campaign-messages", ["spring"]).output
    #expect(messages.components(separatedBy: #""times_accepted":1"#).count == 4, "\(messages)")
    #expect(try await workspace.wrongCounters() == [])
  }

  /// "Paused" must not be said of a campaign that runs again after a failover.
  @Test("A change whose commit is not confirmed is exit 75 and says so")
  func change() async throws {
    try await workspace.seed(port: 1, leads: 1)
    try await workspace.run("start-campaign", ["spring"])
    try await loseTheStandby()
    let pause = try workspace.start("pause-campaign", ["spring"])
    try await cancel(try await nextToWait(pause))
    let ran = await pause.wait()
    #expect(ran.exit == 75)
    #expect(ran.output == "")
    #expect(ran.errors.contains("whether it holds is not known"), "\(ran.errors)")
  }
}
