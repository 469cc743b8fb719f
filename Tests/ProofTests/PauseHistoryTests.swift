import Foundation
import Support
import Testing

/// DESIGN §1.4, tried: once `pause-campaign` has answered, nothing of the campaign leaves until it is resumed.
@Suite(.serialized) struct PauseHistoryTests {
  /// From a pause's answer to the call that ended it, by our own clock, both instants inside of the pause.
  struct Quiet {
    let from: Double
    let to: Double
    func contains(_ instant: Double) -> Bool { from < instant && instant < to }
  }

  private actor Switch {
    private(set) var isOn = false
    func turnOn() { isOn = true }
  }

  /// The one promise that an operator relies on without being able to check it. A claim that does not ask for the
  /// barrier, one that reads the state before it asks, or a pause that does not wait, each break it once in a while.
  ///
  /// There is no allowance for the mail server's log being late: a tick settles a message after it has read the server's
  /// last answer, which the server wrote after it had logged every byte before it, and the pause answers after the
  /// settlement. Only a message that ends `unknown` has bytes whose reading nobody waited for, and here there is none.
  @Test("No byte of a message is read, and none accepted, between a pause's answer and the resume")
  func random() async throws {
    let seed = seed()
    var generator = SeededGenerator(seed: seed)
    let workspace = try await Workspace()
    // Slow before it takes the body, so that a pause meets messages whose bytes are still to come: with a server that is
    // slow only after the final dot, a pause that does not wait looks right.
    let server = try await SMTPServer(script: #"[{"at":"data","do":"delay","seconds":0.08}]"#)
    // The lease is long: in this history no message may become unknown, however slow the machine is.
    try await workspace.seed(port: server.port, leads: 10_000, connections: 3, lease: 40, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])

    var (quiets, metInFlight) = ([Quiet](), 0)
    let isOver = Switch()
    try await withThrowingTaskGroup { group in
      for _ in 0..<2 {
        group.addTask {
          // Under a pause too: a tick that is called then has to find out by itself. Not until the task is cancelled: a
          // task that is does not wait for its programs.
          while await !isOver.isOn {
            let tick = try await workspace.run("tick")
            #expect(tick.exit == 0, "\(tick.errors)")
            // Cron's distance, in small: ticks that find nothing would take the processors from those that do.
            if tick.json["claimed"] as? Int == 0 { try await Task.sleep(for: .milliseconds(20)) }
          }
        }
      }
      for _ in 0..<200 {
        // Not to wait for anything: the instants of the pause and of the resume are what is random here.
        try await Task.sleep(for: .microseconds(Int.random(in: 0...120_000, using: &generator)))
        let pause = try await workspace.run("pause-campaign", ["spring"])
        let from = monotonicSeconds()
        try #require(pause.exit == 0, "\(pause.errors)")
        #expect(pause.json["still_out"] as? Int == 0)
        #expect((pause.json["settled"] as? [String: Int])?["unknown"] == 0)
        if pause.json["was_in_flight"] as? Int ?? 0 > 0 { metInFlight += 1 }
        try await Task.sleep(for: .microseconds(Int.random(in: 0...60_000, using: &generator)))
        quiets.append(Quiet(from: from, to: monotonicSeconds()))
        let resume = try await workspace.run("resume-campaign", ["spring"])
        try #require(resume.json["was"] as? String == "paused", "\(resume.output) \(resume.errors)")
      }
      #expect(try await workspace.run("pause-campaign", ["spring"]).exit == 0)
      await isOver.turnOn()
      try await group.waitForAll()
    }
    let events = try server.events()
    let late = messageEvents(of: events).filter { event in
      quiets.contains { $0.contains(event.fields["t"] as? Double ?? 0) }
    }
    let accepted = try server.accepted()
    let quietTime = quiets.map { $0.to - $0.from }.reduce(0, +)
    print(
      """
      pauses: seed \(seed), \(quiets.count) pauses, \(metInFlight) met a message in flight, \(accepted.count) messages, \
      \(late.count) late events in \(quietTime) s of quiet
      """)
    #expect(late.isEmpty, "seed \(seed): \(late.prefix(5).map(\.fields))")
    #expect(metInFlight > 0, "seed \(seed): no pause met a message in flight")
    // And nothing was lost or doubled by it.
    let sent = try await workspace.sql(
      "select l.email from messages m join leads l on l.id = m.lead_id where m.status = 'sent'")
    #expect(sent.count == accepted.count && Set(sent) == Set(accepted))
    #expect(Set(try await workspace.states().keys) == ["sent", "pending"])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A server that sits on a mail must not hold the answer for ever; and what the answer says of it must not change.
  @Test("With a server that hangs at the final dot the pause answers within the lease, and reports the message unknown")
  func hanging() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(
      script: #"[{"at":"dot","recipient":"-1@","do":"hang"},{"at":"accepted","recipient":"-2@","do":"hang"}]"#,
      options: ["--delay", "0.02"])
    let lease = 3.5
    try await workspace.seed(port: server.port, leads: 40, connections: 3, lease: lease, timeout: 2)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "script" } == 2 }
    let called = monotonicSeconds()
    let pause = try await workspace.run("pause-campaign", ["spring"])
    let answered = monotonicSeconds()
    #expect(pause.exit == 0, "\(pause.errors)")
    #expect(answered - called < lease + 2)
    #expect(pause.json["still_out"] as? Int == 0)
    #expect((pause.json["settled"] as? [String: Int])?["unknown"] == 2, "\(pause.output)")
    #expect(await tick.wait().exit == 0)
    let unknown = try await workspace.sql(
      "select l.email from messages m join leads l on l.id = m.lead_id where m.status = 'unknown' order by 1")
    #expect(unknown == ["spring-1@x.test", "spring-2@x.test"])
    #expect(try await workspace.run("tick").json["claimed"] as? Int == 0)
    #expect(messageEvents(of: try server.events()).allSatisfy { $0.fields["t"] as? Double ?? 0 < answered })

    try await workspace.run("resume-campaign", ["spring"])
    #expect(try await workspace.run("tick").exit == 0)
    #expect(try await workspace.states() == ["sent": 38, "unknown": 2])
    let accepted = try server.accepted()
    #expect(Set(accepted).count == accepted.count)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// A host that swaps, or a debugger: the tick has read the clock, has been frozen, and goes on where it stood, with
  /// the final dot still to be written.
  @Test("A tick that is frozen before the final dot, and goes on after the pause has answered, writes nothing more")
  func frozen() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"data","do":"delay","seconds":1}]"#)
    let lease = 3.5
    try await workspace.seed(port: server.port, leads: 9, connections: 3, lease: lease, timeout: 2)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "script" } == 3 }
    tick.signal(SIGSTOP)
    let called = monotonicSeconds()
    let pause = try await workspace.run("pause-campaign", ["spring"])
    let answered = monotonicSeconds()
    // The server is waiting for the bodies by now: whatever the tick writes, it reads and logs.
    try await server.wait { $0.count { $0.name == "reply" && "\($0.fields["text"] ?? "")".hasPrefix("354") } == 3 }
    tick.signal(SIGCONT)
    #expect(await tick.wait().exit == -SIGALRM)
    try await server.wait { $0.count { $0.name == "closed" } == 3 }

    #expect(pause.exit == 0, "\(pause.errors)")
    #expect(answered - called < lease + 2)
    #expect(pause.json["was_in_flight"] as? Int == 3)
    #expect((pause.json["settled"] as? [String: Int])?["unknown"] == 3)
    #expect(messageEvents(of: try server.events()).allSatisfy { $0.fields["t"] as? Double ?? 0 < called })
    #expect(try server.events().allSatisfy { $0.name != "dot" && $0.name != "accepted" })
    #expect(try await workspace.run("tick").json["claimed"] as? Int == 0)
    #expect(try await workspace.states() == ["unknown": 3, "pending": 6])
    #expect(try await workspace.wrongCounters() == [])
  }

  /// The freeze can also end in time: then the message goes on, and it is the pause that has to wait for it.
  @Test("A tick that is frozen and goes on before its deadline ends its messages, and the pause waits for that")
  func thawed() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"data","do":"delay","seconds":0.2}]"#)
    try await workspace.seed(port: server.port, leads: 9, connections: 3, lease: 40, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try workspace.start("tick")
    try await server.wait { $0.count { $0.name == "script" } == 3 }
    tick.signal(SIGSTOP)
    let pause = try workspace.start("pause-campaign", ["spring"])
    try await workspace.sql(
      """
      set statement_timeout = '20s';
      do $$ begin
        while not exists (select from campaigns where status = 'paused') loop perform pg_sleep(0.005); end loop;
      end $$;
      """)
    tick.signal(SIGCONT)
    let ran = await pause.wait()
    let answered = monotonicSeconds()
    #expect(ran.exit == 0, "\(ran.errors)")
    #expect(ran.json["was_in_flight"] as? Int == 3)
    #expect((ran.json["settled"] as? [String: Int])?["sent"] == 3, "\(ran.output)")
    #expect(await tick.wait().exit == 0)
    let events = messageEvents(of: try server.events())
    #expect(events.count { $0.name == "accepted" } == 3)
    #expect(events.allSatisfy { $0.fields["t"] as? Double ?? 0 < answered })
    #expect(try await workspace.states() == ["sent": 3, "pending": 6])
  }

  /// What the server read of messages, and what it accepted: every `read` from MAIL to the final dot, every `accepted`.
  ///
  /// EHLO, QUIT and the like are no part of a message. The chunk that has the MAIL command is logged before the command
  /// is, and a chunk may have the last of one message only, because the next one waits for the answer to its dot.
  private func messageEvents(of events: [SMTPServer.Event]) -> [SMTPServer.Event] {
    var found: [SMTPServer.Event] = []
    for connection in Dictionary(grouping: events, by: { $0.fields["connection"] as? Int ?? 0 }).values {
      var isInside = false
      for (index, event) in connection.enumerated() {
        let line = event.fields["line"] as? String ?? ""
        switch event.name {
        case "read":
          let next = connection[(index + 1)...].first { $0.name == "command" || $0.name == "read" }
          if isInside || (next?.fields["line"] as? String ?? "").hasPrefix("MAIL") { found.append(event) }
        case "command" where line.hasPrefix("MAIL"): isInside = true
        case "accepted":
          found.append(event)
          isInside = false
        default: break
        }
      }
    }
    return found
  }
}
