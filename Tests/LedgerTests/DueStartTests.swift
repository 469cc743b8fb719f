import Ledger
import Postgres
import Steps
import Support
import Testing

@Suite struct DueStartTests {
  private func connection(_ workspace: Workspace) throws -> Connection {
    try Connection(url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
  }

  /// Starts of large campaigns would use up a tick's minute, and what is due would be sent by nobody.
  @Test("After the time that a tick has for starts it begins one at most; the next one goes on with the rest")
  func until() async throws {
    let workspace = try await Workspace()
    for name in ["spring", "summer"] { try await workspace.seed(name, port: 1, leads: 2) }
    try await workspace.sql(
      "update campaigns set status = 'scheduled', scheduled_start_at = now() - interval '1 minute' * number")
    let database = try connection(workspace)
    #expect(try database.findDueStarts() == ["summer", "spring"])
    // One all the same: with the shortest budget it would never be its turn.
    #expect(try database.startWhatIsDue(until: 0).started == ["summer"])
    #expect(try await workspace.sql("select name from campaigns where status = 'scheduled'") == ["spring"])
    guard case .overtaken = try database.startDue("summer") else {
      Issue.record("started twice")
      return
    }
    #expect(try database.startWhatIsDue().started == ["spring"])
  }

  /// A thousand templates of campaigns that have nothing to send took a second of each tick.
  @Test("Templates are loaded of the campaigns that are asked for, and of no other")
  func templates() async throws {
    let workspace = try await Workspace()
    for name in ["spring", "summer"] {
      try await workspace.seed(name, port: 1, leads: 2)
      try await workspace.run("start-campaign", [name])
    }
    let id = try #require(try await workspace.sql("select id from campaigns where name = 'summer'").first)
    let loaded = try connection(workspace).transaction { try $0.run(LoadTemplates(campaigns: [id])) }
    #expect(loaded.map(\.name) == ["summer-hello"])
  }

  /// Who is asked for by name and is in a batch as well is one lead; the order of the file decides who is first, also
  /// among several batches, and whoever is only named comes behind.
  @Test("The ledger is written in the order of the batches, then of the named, each lead once")
  func order() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.sql(
      """
      insert into leads (email) values ('z-named@x.test'), ('a-named@x.test'), ('other@x.test');
      insert into lead_batches (name) values ('second');
      insert into batch_leads (batch_id, lead_id)
      select b.id, l.id from leads l, lead_batches b
      where b.name = 'second' and l.email in ('spring-2@x.test', 'other@x.test');
      update campaigns c set batch_ids = array(select b.id from lead_batches b order by b.name),
        lead_ids = array(select l.id from leads l where l.email like '%named%' or l.email = 'spring-1@x.test');
      """)
    #expect(try await workspace.run("start-campaign", ["spring"]).json["leads"] as? Int == 6)
    let inBatches = """
      select l.email from leads l join batch_leads b on b.lead_id = l.id group by l.id order by min(b.position)
      """
    #expect(
      try await workspace.sql("select l.email from messages m join leads l on l.id = m.lead_id order by m.id")
        == (try await workspace.sql(inBatches)) + ["a-named@x.test", "z-named@x.test"])
  }
}
