import Foundation
import Support
import Testing

/// An import of people who are being written to: neither may hold up the other.
@Suite struct ImportBesideSendingTests {
  /// Leads that settlements had changed meanwhile were judged again by the whole statement, each of them: 60,000 rows took
  /// 53 s with all locks held, until a tick gave up outcomes that it knew.
  @Test("What settlements change while an import waits for it is judged by what it is then")
  func changedMeanwhile() async throws {
    let workspace = try await Workspace()
    try await workspace.sql(
      "insert into leads (email, first_name) select 'p-' || n || '@x.test', 'Old' from generate_series(1, 5000) n")
    let session = try workspace.session()
    try session.ask(
      """
      begin; update leads set status = 'contacted', emails_sent = 1, city = 'Leeds'
      where email in (select 'p-' || n || '@x.test' from generate_series(1, 5000, 10) n);
      """)
    let rows = (1...5000).map { "p-\($0)@x.test,New,Leeds\n" }.joined()
    let running = try workspace.start("import-leads", ["--batch", "new"], input: "email,first_name,city\n" + rows)
    try session.wait(untilBlocked: 1)
    try session.ask("commit;")
    let ran = await running.wait()
    #expect(ran.json["updated"] as? Int == 5000, "\(ran.output) \(ran.errors)")
    #expect(
      try await workspace.sql(
        "select first_name, city, status, emails_sent, count(*) from leads group by 1, 2, 3, 4 order by 4")
        == ["New|Leeds|new|0|4500", "New|Leeds|contacted|1|500"])
  }

  /// A settlement that has to wait for an import is late, and in the end its outcome is lost.
  @Test("An import that waits for one lead holds no other, and what it has written is free")
  func portions() async throws {
    let workspace = try await Workspace()
    try await workspace.sql(
      "insert into leads (email) select 'p-' || n || '@x.test' from generate_series(1, 9000) n")
    let (session, other) = (try workspace.session(), try workspace.session())
    // The last by its id: those of the portions before it are written.
    try session.ask("begin; select id from leads order by id desc limit 1 for no key update;")
    let rows = (1...9000).map { "p-\($0)@x.test,New\n" }.joined()
    let running = try workspace.start("import-leads", ["--batch", "new"], input: "email,first_name\n" + rows)
    try session.wait(untilBlocked: 1)
    // Whoever wants any other lead has it, as soon as the import has given up waiting, which is after a second.
    let others = "select count(*) from leads where id <> (select id from leads order by id desc limit 1)"
    try other.ask(
      "begin; set local lock_timeout = '60s'; select count(*) from (\(others) for no key update) x;".replacing(
        "select count(*) from leads", with: "select id from leads"))
    try other.ask("rollback;")
    #expect(try await workspace.sql("select count(*) > 2000 from leads where first_name = 'New'") == ["t"])
    // Nobody sees a part of the batch.
    #expect(try await workspace.sql("select count(*) from batch_leads") == ["0"])
    session.end()
    let ran = await running.wait()
    #expect(ran.exit == 0 && ran.json["updated"] as? Int == 9000, "\(ran.output) \(ran.errors)")
    #expect(try await workspace.sql("select count(*) from batch_leads") == ["9000"])
    other.end()
  }

  /// Running it again has to be all that is needed.
  @Test("An import that died between two portions is whole when it is run again")
  func died() async throws {
    let workspace = try await Workspace()
    try await workspace.sql(
      "insert into leads (email) select 'p-' || n || '@x.test' from generate_series(1, 9000) n")
    let session = try workspace.session()
    try session.ask("begin; select id from leads order by id desc limit 1 for no key update;")
    let csv = "email,first_name\n" + (1...9001).map { "p-\($0)@x.test,New\n" }.joined()
    let killed = try workspace.start("import-leads", ["--batch", "new"], input: csv)
    try session.wait(untilBlocked: 1)
    killed.signal(SIGKILL)
    _ = await killed.wait()
    session.end()
    #expect(try await workspace.sql("select count(*) from lead_batches") == ["0"])
    #expect(try await workspace.sql("select count(*) from leads") == ["9000"])
    let ran = try await workspace.run("import-leads", ["--batch", "new"], input: csv)
    #expect(ran.json["created"] as? Int == 1 && ran.json["joined"] as? Int == 9001, "\(ran.output) \(ran.errors)")
    #expect(
      try await workspace.sql("select count(*), count(*) filter (where first_name = 'New') from leads") == ["9001|9001"]
    )
  }

  /// Whoever corrects a list expects that the correction counts: the message waited for the window of the wrong zone.
  @Test("A time zone that an import corrects lets go what the old one's window has put aside")
  func correctedZone() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 3)
    try await workspace.sql(
      """
      update leads set time_zone = 'Asia/Tokyo';
      update campaigns set window_days = '{1}', window_from = '09:00', window_to = '10:00', window_zone = 'lead';
      """)
    #expect(try await workspace.run("start-campaign", ["spring"]).exit == 0)
    try await workspace.sql("update messages set not_before = now() + interval '1 day', held_by = 'window'")
    let csv =
      "email,time_zone,city\nspring-1@x.test,Europe/London,\nspring-2@x.test,Asia/Tokyo,Kyoto\nspring-3@x.test,,Nara\n"
    let ran = try await workspace.run("import-leads", ["--batch", "zones"], input: csv)
    #expect(ran.json["updated"] as? Int == 3, "\(ran.errors)")
    #expect(
      try await workspace.sql(
        "select l.email, m.held_by from messages m join leads l on l.id = m.lead_id order by 1")
        == ["spring-1@x.test|", "spring-2@x.test|window", "spring-3@x.test|window"])
  }
}
