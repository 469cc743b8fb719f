import Foundation
import Support
import Testing

@Suite struct SettlementRefusedTests {
  /// An import held the leads of four accepted messages for minutes: after twenty refusals the tick gave the outcomes up, and
  /// they became `unknown`; with `on_unknown: resend` they would have gone out twice.
  @Test("An outcome that is known is recorded however often the database refuses it, while it answers")
  func refused() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 4, connections: 4, lease: 40, timeout: 20)
    try await workspace.run("start-campaign", ["spring"])
    // Refuses settlements as a lock does that is not granted in time, and counts; a sequence keeps its count in a rollback.
    try await workspace.sql(
      """
      create sequence refusals;
      create table refuses ();
      create function refuse() returns trigger language plpgsql as $$
      begin
        if to_regclass('refuses') is not null then
          perform nextval('refusals');
          raise exception 'not now' using errcode = '55P03';
        end if;
        return new;
      end $$;
      create trigger refuse before update on messages for each row when (new.status = 'sent') execute function refuse();
      """)
    let tick = try workspace.start("tick", ["--budget", "1"])
    // More often than a tick once put up with, and behind its budget.
    while try await workspace.sql("select last_value > 22 from refusals") != ["t"] {
      try #require(!tick.hasEnded, "the tick has given up")
    }
    try await workspace.sql("drop table refuses")
    let ran = await tick.wait()
    #expect(ran.exit == 0, "\(ran.errors)")
    let accepted = try server.accepted().count
    #expect(accepted > 0)
    let states = try await workspace.states()
    #expect(states["sent"] == accepted && states["unknown"] == nil && states["sending"] == nil, "\(states)")
    #expect(ran.json["sent"] as? Int == accepted)
    #expect(try await workspace.wrongCounters() == [])
  }
}
