import Foundation
import Support
import Testing

/// DESIGN §1.3 with many ticks at once, of which some die.
@Suite struct ParallelTicksTests {
  private static let messages = 5_000
  private static let ticks = 8
  private static let kills = 6
  private static let connections = 5

  /// Cron overlaps, hosts are added, and one of them goes down: a claim that two ticks can have, or a recovery that
  /// takes what a living tick has out, doubles a mail in a thousand, which nobody sees but the lead.
  @Test("Of 5000 messages that eight ticks send at once, some of them killed and replaced, none is lost or sent twice")
  func parallel() async throws {
    let seed = seed()
    var generator = SeededGenerator(seed: seed)
    // A cluster of its own: thousands of commits that wait for a disk would be most of the time.
    let cluster = try await Cluster()
    // Slow enough that they are still at it when the last one is killed.
    let (workspace, server) = (
      try await Workspace(url: cluster.url), try await SMTPServer(options: ["--delay", "0.03"])
    )
    // The lease is long: whatever becomes unknown is the kills', not a slow machine's.
    try await workspace.seed(
      port: server.port, leads: ParallelTicksTests.messages, connections: ParallelTicksTests.connections, lease: 120,
      timeout: 90)
    try await workspace.run("start-campaign", ["spring"])

    var running: [Running] = []
    var claimed = 0
    func end(_ tick: Running) async { claimed += await tick.wait().json["claimed"] as? Int ?? 0 }
    for _ in 0..<ParallelTicksTests.ticks { running.append(try workspace.start("tick", ["--budget", "600"])) }
    var killed = 0
    for kill in 1...ParallelTicksTests.kills {
      // Not beyond four fifths: the last ones have to be killed at work too.
      try await server.wait(
        accepted: ParallelTicksTests.messages * 4 / 5 * kill / ParallelTicksTests.kills
          - Int.random(in: 0..<300, using: &generator))
      // One that is at work: a tick ends when it finds nothing that the others do not hold.
      let alive = running.indices.filter { !running[$0].hasEnded }
      guard let chosen = alive.randomElement(using: &generator) else {
        // A machine so busy that all was sent before we came cannot judge this.
        return print("parallel ticks: not judged, all of them had ended before one could be killed")
      }
      let tick = running.remove(at: chosen)
      tick.signal(SIGKILL)
      if await tick.wait().exit == -SIGKILL { killed += 1 }
      running.append(try workspace.start("tick", ["--budget", "600"]))
    }
    var (exits, sentByTick) = ([Int32](), [Int]())
    for tick in running {
      let ran = await tick.wait()
      exits.append(ran.exit)
      sentByTick.append(ran.json["sent"] as? Int ?? 0)
    }
    #expect(exits.allSatisfy { $0 == 0 })
    #expect(killed == ParallelTicksTests.kills)
    #expect(sentByTick.count { $0 > 0 } > 1, "one tick did it all")

    let inFlight = try await workspace.states()["sending"] ?? 0
    #expect(inFlight > 0, "seed \(seed): no kill met a message in flight")
    #expect(inFlight <= killed * ParallelTicksTests.connections)
    // Whoever has these is dead: all that happens until the deadline is that the time passes.
    try await workspace.sql("update messages set deadline = clock_timestamp() where deadline is not null")
    var rounds = 0
    while try await workspace.sql("select status from campaigns") != ["completed"], rounds < 10 {
      rounds += 1
      #expect(try await workspace.run("tick").exit == 0)
    }

    let states = try await workspace.states()
    let rows = try await workspace.sql(
      "select m.status, l.email from messages m join leads l on l.id = m.lead_id"
    ).map { $0.split(separator: "|").map(String.init) }
    let sent = Set(rows.filter { $0[0] == "sent" }.map { $0[1] })
    let unknown = Set(rows.filter { $0[0] == "unknown" }.map { $0[1] })
    let accepted = try server.accepted()
    print(
      """
      parallel ticks: seed \(seed), \(accepted.count) accepted, \(accepted.count - Set(accepted).count) twice, \
      \(killed) kills, \(inFlight) in flight at them, \(unknown.count) unknown, of which \
      \(unknown.intersection(accepted).count) accepted; sent by each tick that lived: \(sentByTick)
      """)
    #expect(try await workspace.sql("select status from campaigns") == ["completed"])
    #expect(Set(accepted).count == accepted.count, "seed \(seed): accepted twice")
    #expect(sent.isSubset(of: accepted), "seed \(seed): sent, and never accepted")
    #expect(Set(accepted).isSubset(of: sent.union(unknown)), "seed \(seed): accepted, and neither sent nor unknown")
    #expect(states == ["sent": ParallelTicksTests.messages - inFlight, "unknown": inFlight])
    #expect(try await workspace.wrongCounters() == [])
  }
}
