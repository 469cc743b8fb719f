import Foundation
import Support
import Testing

/// Databases as administrators keep them: what they have set for other programs, and what they are just doing.
@Suite struct LimitsOfTheDatabaseTests {
  /// Hosted PostgreSQL sets it for everybody: a long import or start would be "try again later" for ever, and so would the
  /// transaction around them on a server that has `transaction_timeout`.
  @Test("What takes long is not stopped by a limit that was set for all")
  func statementTimeout() async throws {
    let cluster = try await Cluster()
    let workspace = try await Workspace(url: cluster.url)
    try await workspace.seed(port: 1, leads: 2, steps: [0, 0, 0])
    let version = Int(try await workspace.sql("show server_version_num").first ?? "") ?? 0
    // A trigger that takes its time, so that the statements are long on any machine.
    try await workspace.sql(
      """
      create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.6); return null; end $$;
      create trigger slow after insert on leads for each statement execute function slow();
      create trigger slow after insert on messages for each statement execute function slow();
      alter database campanile set statement_timeout = '400ms';
      \(version >= 170_000 ? "alter database campanile set transaction_timeout = '500ms';" : "")
      """)
    let rows = (1...1000).map { "p\($0)@x.test\n" }.joined()
    let imported = try await workspace.run("import-leads", ["--batch", "new"], input: "email\n" + rows)
    #expect(imported.exit == 0 && imported.json["created"] as? Int == 1000, "\(imported.errors)")
    let started = try await workspace.run("start-campaign", ["spring"])
    #expect(started.exit == 0 && started.json["messages"] as? Int == 6, "\(started.errors)")
    #expect(try await workspace.run("migrate").exit == 0)
    #expect(try await workspace.run("cancel-campaign", ["spring"]).json["cancelled"] as? Int == 6)
  }

  /// The bytes of a file may come slowly: while COPY waits for them its statement is running.
  @Test("A file that comes slowly is not stopped by a limit either")
  func slowFile() async throws {
    let cluster = try await Cluster()
    let workspace = try await Workspace(url: cluster.url)
    try await workspace.sql("alter database campanile set statement_timeout = '200ms'")
    let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("slow-\(UUID().uuidString)").path
    try #require(mkfifo(pipe, 0o600) == 0)
    defer { unlink(pipe) }
    let running = try workspace.start("import-leads", ["--batch", "may", pipe])
    let end = try FileHandle(forWritingTo: URL(fileURLWithPath: pipe))
    try end.write(contentsOf: Data("email\n".utf8))
    // Until the COPY has run for longer than the limit.
    let copying = """
      select count(*) from pg_stat_activity
      where query like '-- copy-import-rows%' and state = 'active' and now() - query_start > '300ms'
      """
    while try await workspace.sql(copying) != ["1"] && !running.hasEnded {}
    try end.write(contentsOf: Data("ada@acme.test\n".utf8))
    try end.close()
    let ran = await running.wait()
    #expect(ran.exit == 0, "\(ran.errors)")
  }

  /// A manual VACUUM, or CREATE INDEX CONCURRENTLY, may run for hours: the whole start was undone after ten seconds.
  @Test("A start does not wait for whoever tends the table of messages")
  func vacuum() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.seed("summer", port: 1, leads: 3)
    try await workspace.sql(
      "update campaigns set status = 'scheduled', scheduled_start_at = now() - interval '1 minute' where name = 'summer'"
    )
    let session = try workspace.session()
    // What VACUUM, ANALYZE and CREATE INDEX CONCURRENTLY hold.
    try session.ask("begin; lock table messages in share update exclusive mode;")
    let started = try await workspace.run("start-campaign", ["spring"])
    #expect(started.exit == 0 && started.json["messages"] as? Int == 3, "\(started.errors)")
    let ticked = try await workspace.run("tick", ["--budget", "0"])
    #expect(ticked.json["started"] as? [String] == ["summer"], "\(ticked.output) \(ticked.errors)")
    session.end()
  }

  /// Half a file would be sent to, or the reason would be one that only a programmer understands.
  @Test("A start while its batch is being imported into is refused with that reason, and then has the whole of it")
  func importUnderWay() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    let session = try workspace.session()
    // What an import holds from its beginning to its end.
    try session.ask("begin; update lead_batches set campaign_history = campaign_history where name = 'spring-leads';")
    let refused = try await workspace.run("start-campaign", ["spring"])
    #expect(refused.exit == 75)
    #expect(refused.errors.contains("is being imported into"), "\(refused.errors)")
    #expect(try await workspace.sql("select status from campaigns") == ["draft"])
    session.end()
    #expect(try await workspace.run("start-campaign", ["spring"]).exit == 0)
  }
}
