import Foundation
import Support
import Testing

/// DESIGN §1.2 and §1.3, tried at every instant that anybody outside of a tick can tell apart from its neighbours: between
/// two bytes that it hands to a socket, the database's or the mail server's.
@Suite(.serialized) struct CrashEnumerationTests {
  /// The calls that can write to a socket. libpq and libcurl both use `send`, which is the system call `sendto`; the
  /// others are here so that the test fails, instead of missing points, when that changes.
  private static let calls = ["sendto", "sendmsg", "sendmmsg", "write", "writev", "pwrite64", "sendfile"]
  private static let leads = 12

  /// A settlement that is not one transaction, a message handed over before its claim was committed, a recovery that
  /// sends again: each is wrong at one instant only, and right at all others.
  @Test("Wherever a tick is killed between two writes to a socket, no message is lost and none is sent twice")
  func everywhere() async throws {
    let seed = seed()
    let points = try await countWrites()
    // Run by run the number of writes differs by how answers cluster; the last points may come after the end.
    let all = 1...(points + 2)
    let stride = max(1, all.count / 90)
    let chosen = all.filter { $0 % stride == Int(seed % UInt64(stride)) }
    print("crashes: seed \(seed), \(points) writes to a socket, a stride of \(stride)")

    let results = try await withThrowingTaskGroup(of: [Result].self) { group in
      // Two at once, each in a workspace of its own: the ticks of one would send for the other.
      for worker in 0..<2 {
        group.addTask {
          let place = try await Place()
          var results: [Result] = []
          for (index, point) in chosen.enumerated() where index % 2 == worker {
            results.append(try await place.kill(at: point))
          }
          return results
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let killed = results.count { $0.wasKilled }
    let met = results.count { $0.inFlight > 0 }
    let delivered = results.map(\.acceptedUnknown).reduce(0, +)
    let unknown = results.map(\.unknown).reduce(0, +)
    print(
      """
      crashes: \(results.count) points, \(killed) kills, \(met) met a message in flight; \(unknown) messages unknown, \
      \(delivered) of them accepted
      """)
    #expect(killed >= chosen.count * 3 / 4, "most points came after the end of the tick")
    #expect(met > 0, "no kill met a message in flight")
    #expect(results.contains { $0.wasKilled && $0.inFlight == 0 }, "every kill met a message in flight")
  }

  /// Counts the writes of a tick that nobody disturbs, and sees that they are the ones that are enumerated.
  private func countWrites() async throws -> Int {
    let place = try await Place()
    try await place.seed("undisturbed")
    let log = FileManager.default.temporaryDirectory.appendingPathComponent("strace-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: log) }
    let ran = try await place.tick(strace: [
      "-yy", "-o", log.path, "-e", "trace=" + CrashEnumerationTests.calls.joined(separator: ","),
    ])
    #expect(ran.exit == 0, "\(ran.errors)")
    let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
    let toSockets = lines.filter { line in
      ["<socket:", "<TCP", "<UNIX"].contains { line.contains($0) }
    }
    #expect(toSockets.allSatisfy { $0.contains("sendto(") }, "something else than sendto writes to a socket")
    #expect(lines.count { $0.contains("sendto(") } == toSockets.count)
    #expect(try await place.workspace.states(of: "undisturbed") == ["sent": CrashEnumerationTests.leads])
    return toSockets.count
  }

  /// What one kill met.
  private struct Result {
    var wasKilled = false
    var inFlight = 0
    var unknown = 0
    var acceptedUnknown = 0
  }

  /// A workspace and a mail server, for one campaign after the other.
  private struct Place {
    let workspace: Workspace
    let server: SMTPServer

    init() async throws {
      workspace = try await Workspace()
      server = try await SMTPServer()
    }

    func seed(_ name: String) async throws {
      try await workspace.seed(
        name, port: server.port, leads: CrashEnumerationTests.leads, connections: 3, lease: 2.25, timeout: 1)
      let started = try await workspace.run("start-campaign", [name])
      try #require(started.exit == 0, "\(started.errors)")
    }

    func tick(strace options: [String]) async throws -> Ran {
      try await Running(
        URL(fileURLWithPath: "/usr/bin/strace"),
        ["-f", "-qq"] + options + [Machine.programs.appendingPathComponent("tick").path],
        environment: workspace.environment(), input: nil
      ).wait()
    }

    /// The addresses of a campaign's messages, by state.
    private func ledger(_ name: String) async throws -> [String: Set<String>] {
      let rows = try await workspace.sql(
        """
        select m.status, l.email from messages m join leads l on l.id = m.lead_id
        join campaigns c on c.id = m.campaign_id where c.name = '\(name)'
        """
      ).map { $0.split(separator: "|").map(String.init) }
      return Dictionary(grouping: rows, by: { $0[0] }).mapValues { Set($0.map { $0[1] }) }
    }

    /// The addresses whose mail the server has accepted, as often as it has.
    private func accepted(_ name: String) throws -> [String] {
      try server.accepted().filter { $0.hasPrefix("\(name)-") }
    }

    func kill(at point: Int) async throws -> Result {
      let name = "point\(point)"
      try await seed(name)
      // Killed when it enters the call: what the call would have written is not.
      let tick = try await tick(strace: [
        "-o", "/dev/null", "-e", "trace=sendto", "-e", "inject=sendto:signal=SIGKILL:when=\(point)",
      ])
      var result = Result(wasKilled: tick.exit == -SIGKILL)
      #expect(result.wasKilled || tick.exit == 0, "\(name): \(tick.exit) \(tick.errors)")
      // What the dead tick had written may still be on its way; the server has seen all when it has seen the ends.
      try await server.wait { events in
        events.count { $0.name == "connect" } == events.count { $0.name == "closed" }
      }
      let after = try await ledger(name)
      let inFlight = after["sending"] ?? []
      let acceptedBefore = Set(try accepted(name))
      result.inFlight = inFlight.count
      #expect(inFlight.count <= 3, "\(name): more in flight than connections")
      #expect(Set(after.keys).isSubset(of: ["pending", "sending", "sent"]), "\(name): \(after)")

      // Instead of sleeping until the deadline: whoever has the claim is dead, so that the only thing that happens until
      // then is that the time passes, and the only thing that looks at it is the comparison with this column.
      try await workspace.sql("update messages set deadline = clock_timestamp() where deadline is not null")
      var isCompleted = false
      for _ in 0..<5 where !isCompleted {
        let again = try await workspace.run("tick")
        #expect(again.exit == 0, "\(name): \(again.errors)")
        isCompleted = try await workspace.sql("select status from campaigns where name = '\(name)'") == ["completed"]
      }
      #expect(isCompleted, "\(name): it does not complete")

      let now = try await ledger(name)
      let (sent, unknown, accepted) = (now["sent"] ?? [], now["unknown"] ?? [], try accepted(name))
      #expect(Set(now.keys).isSubset(of: ["sent", "unknown"]), "\(name): \(now)")
      #expect(sent.count + unknown.count == CrashEnumerationTests.leads)
      #expect(Set(accepted).count == accepted.count, "\(name): accepted twice: \(accepted.sorted())")
      #expect(sent.isSubset(of: accepted), "\(name): sent, and never accepted: \(sent.subtracting(accepted))")
      #expect(Set(accepted).isSubset(of: sent.union(unknown)), "\(name): accepted, and neither sent nor unknown")
      #expect(unknown == inFlight, "\(name): unknown are \(unknown), and in flight were \(inFlight)")
      // What was settled before the kill is as it was, and what had been accepted unsettled is exactly what is unknown.
      #expect((after["sent"] ?? []).isSubset(of: sent))
      #expect(acceptedBefore.subtracting(after["sent"] ?? []).isSubset(of: unknown), "\(name)")
      let wrong = try await workspace.wrongCounters()
      #expect(wrong.isEmpty, "\(name): \(wrong)")
      result.unknown = unknown.count
      result.acceptedUnknown = unknown.intersection(accepted).count
      return result
    }
  }
}
