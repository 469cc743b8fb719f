import Support
import Testing

@Suite struct ResolveUnknownTests {
  /// A completed campaign over `leads`, each of whose messages the server accepted and never answered.
  private func unknown(_ leads: Int) async throws -> (Workspace, SMTPServer) {
    let workspace = try await Workspace()
    let server = try await SMTPServer(script: #"[{"at":"accepted","do":"drop","times":\#(leads)}]"#)
    try await workspace.seed(port: server.port, leads: leads)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try await workspace.run("tick").json
    try #require(tick["unknown"] as? Int == leads)
    return (workspace, server)
  }

  /// A person looks before deciding: looking must not decide.
  @Test("Without a decision it lists, and changes nothing")
  func lists() async throws {
    let (workspace, _) = try await unknown(2)
    let listed = try await workspace.run("resolve-unknown", ["spring"])
    #expect(listed.exit == 0)
    #expect((listed.json["messages"] as? [[String: Any]])?.count == 2)
    #expect(try await workspace.states() == ["unknown": 2])
  }

  /// What a person finds in the server's log is as good as an answer of the server.
  @Test("As sent and as failed settle the message, with the counters, and are in the timeline")
  func settles() async throws {
    let (workspace, _) = try await unknown(2)
    let ids = try await workspace.sql("select id from messages order by id")
    let sent = try await workspace.run(
      "resolve-unknown", ["spring", "--message", ids[0], "--as-sent", "--by", "ada", "--reason", "in the log"])
    #expect(sent.json["resolved"] as? Int == 1)
    #expect(try await workspace.states() == ["sent": 1, "unknown": 1])
    #expect(try await workspace.run("resolve-unknown", ["spring", "--as-failed"]).json["resolved"] as? Int == 1)
    #expect(try await workspace.states() == ["sent": 1, "failed": 1])
    #expect(try await workspace.wrongCounters() == [])
    #expect(
      try await workspace.sql(
        "select actor, reason, detail ->> 'resolve-unknown' from campaign_events where actor = 'ada'")
        == ["ada|in the log|as-sent"])
    #expect(try await workspace.run("resolve-unknown", ["spring", "--message", ids[0], "--as-failed"]).exit == 66)
    #expect(try await workspace.run("resolve-unknown", ["spring", "--as-failed", "--as-sent"]).exit == 64)
  }

  /// The campaign was complete; sending again without reopening it would be a message that nobody counts.
  @Test("Sending again pauses a completed campaign with its batches, and completes it anew")
  func resends() async throws {
    let (workspace, server) = try await unknown(2)
    let resent = try await workspace.run("resolve-unknown", ["spring", "--resend"])
    #expect(resent.json["status"] as? String == "paused", "\(resent.errors)")
    #expect(try await workspace.states() == ["pending": 2])
    #expect(try await workspace.sql("select active_campaign_id is not null from lead_batches") == ["t"])
    #expect(try await workspace.run("tick").json["claimed"] as? Int == 0)
    try await workspace.run("resume-campaign", ["spring"])
    // Not before the old deadline: time travels to it.
    let tick = try await workspace.run("tick", offset: "1 minute").json
    #expect(tick["sent"] as? Int == 2)
    #expect(tick["completed"] as? [String] == ["spring"])
    #expect(try server.accepted().count == 4)
    #expect(try await workspace.wrongCounters() == [])
  }

  /// Somebody else has the leads by now: writing to them as well would be what batches are locked against.
  @Test("Sending again is refused while another campaign has the batch")
  func refused() async throws {
    let (workspace, _) = try await unknown(1)
    try await workspace.seed("summer", port: 1, leads: 1)
    try await workspace.sql(
      """
      update campaigns set batch_ids = (select array_agg(id) from lead_batches where name = 'spring-leads')
      where name = 'summer'
      """)
    #expect(try await workspace.run("start-campaign", ["summer"]).exit == 0)
    let resent = try await workspace.run("resolve-unknown", ["spring", "--resend"])
    #expect(resent.exit == 65)
    #expect(resent.errors.contains("summer"))
    #expect(try await workspace.sql("select status from campaigns where name = 'spring'") == ["completed"])
  }
}
