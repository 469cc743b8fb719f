import Support
import Testing

@Suite struct StartCampaignTests {
  /// Two campaigns over one batch would write to the same people on the same day.
  @Test("A batch in use by one campaign is refused to another, by name, and nothing is written")
  func batchInUse() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.seed("summer", port: 1, leads: 3)
    try await workspace.sql(
      "update campaigns set batch_ids = batch_ids || (select id from lead_batches where name = 'spring-leads') where name = 'summer'"
    )
    #expect(try await workspace.run("start-campaign", ["spring"]).exit == 0)
    let refused = try await workspace.run("start-campaign", ["summer"])
    #expect(refused.exit == 65)
    #expect(refused.errors.contains(#"the batch "spring-leads" is in use by the campaign "spring""#))
    #expect(
      try await workspace.sql("select status, open_count from campaigns order by name") == ["running|3", "draft|0"])
    #expect(
      try await workspace.sql("select name from lead_batches where active_campaign_id is not null") == ["spring-leads"])
  }

  /// A mistyped variable would go out as a gap in every mail.
  @Test("A variable that no lead has is refused with its template")
  func unmetVariable() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.sql("update email_templates set variables = array['plan', 'email', 'city']")
    let refused = try await workspace.run("start-campaign", ["spring"])
    #expect(refused.exit == 65)
    #expect(refused.errors.contains("spring-hello") && refused.errors.contains("{{plan}}"))
    #expect(refused.errors.contains("{{city}}") && !refused.errors.contains("{{email}}"))
    try await workspace.sql(
      "update leads set attributes = '{\"plan\": \"gold\"}', city = 'Bern' where email = 'spring-2@x.test'")
    #expect(try await workspace.run("start-campaign", ["spring"]).exit == 0)
  }

  /// Somebody starts it by hand while cron does: the ledger must be written once.
  @Test("Starts at the same time write the ledger once; the others say that it runs")
  func together() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 20)
    let starts = try (0..<4).map { _ in try workspace.start("start-campaign", ["spring"]) }
    var started = 0
    for start in starts {
      let ran = await start.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      if ran.json["started"] as? Bool == true { started += 1 }
    }
    #expect(started == 1)
    #expect(try await workspace.states() == ["pending": 20])
  }

  /// A lead without an address cannot be written to, and must not hold the campaign open either.
  @Test("Leads without an address are skipped, counted, and do not keep the campaign from completing")
  func withoutAddress() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 3, steps: [0, 0])
    try await workspace.sql("update leads set email = null, phone = '+15551234' where email = 'spring-2@x.test'")
    let started = try await workspace.run("start-campaign", ["spring"]).json
    #expect(started["skipped"] as? Int == 2)
    let tick = try await workspace.run("tick").json
    #expect(tick["sent"] as? Int == 4, "\(tick)")
    #expect(tick["completed"] as? [String] == ["spring"])
    #expect(try await workspace.wrongCounters() == [])
    try await workspace.seed("phones", port: 1, leads: 1)
    try await workspace.sql("update leads set email = null, phone = '+1555' where email = 'phones-1@x.test'")
    #expect(try await workspace.run("start-campaign", ["phones"]).exit == 65)
  }

  /// Completion gives the batches back, with a line that says who had them.
  @Test("A completed campaign releases its batches, with a line in their history")
  func release() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 2)
    try await workspace.run("start-campaign", ["spring"])
    #expect(try await workspace.sql("select active_campaign_id is not null from lead_batches") == ["t"])
    try await workspace.run("tick")
    #expect(
      try await workspace.sql(
        "select active_campaign_id is null, campaign_history -> 0 ->> 'campaign', campaign_history -> 0 ->> 'because' from lead_batches"
      )
        == ["t|spring|completed"])
    let again = try await workspace.run("start-campaign", ["spring"])
    #expect(again.exit == 65)
    #expect(again.errors.contains("completed"))
  }

  /// The view is what other programs already read: the same names, in wall time.
  @Test("The view scheduled_emails shows the ledger under the field's names")
  func view() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 1, steps: [0, 2])
    try await workspace.run("start-campaign", ["spring"])
    #expect(
      try await workspace.sql(
        """
        select workflow_step_number, status, scheduled_for - created_at, retry_count from scheduled_emails order by 1
        """) == ["1|pending|00:00:00|0", "2|pending|2 days|0"])
  }
}
