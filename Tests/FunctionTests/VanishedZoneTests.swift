import Foundation
import Support
import Testing

/// A zone that was known when it was set: an upgrade of the system, a restore elsewhere or a failover can forget it.
@Suite struct VanishedZoneTests {
  /// One bad row in a statement about all stopped every sender and every status.
  @Test("A zone that the server has forgotten stops the sender that uses it, says so, and stops nothing else")
  func sender() async throws {
    let script = Machine.root.appendingPathComponent("../shared/cases/sql/zone-gone.sql").standardized
    guard let vanish = try? String(contentsOf: script, encoding: .utf8) else {
      return print("skipped: there are no cases beside the project")
    }
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    for name in ["spring", "autumn"] { try await workspace.seed(name, port: server.port, leads: 3) }
    try await workspace.sql(
      "update senders set daily_cap = 10, time_zone = 'Asia/Calcutta' where name = 'spring-mail'")
    for name in ["spring", "autumn"] { try await workspace.run("start-campaign", [name]) }
    try await workspace.sql(vanish)
    let tick = try await workspace.run("tick")
    #expect(tick.exit == 69)
    #expect(tick.json["sent"] as? Int == 3)
    let stopped = tick.json["stopped"] as? [[String: Any]] ?? []
    #expect(stopped.map { $0["sender"] as? String } == ["spring-mail"])
    #expect((stopped.first?["reason"] as? String)?.contains("Asia/Gone") == true)
    #expect(try await workspace.states(of: "autumn") == ["sent": 3])
    let all = try await workspace.run("campaign-status")
    #expect(all.exit == 0, "\(all.errors)")
    let status = try await workspace.run("campaign-status", ["spring"]).json
    let reason = status["reason"] as? String ?? ""
    #expect(reason.contains("Asia/Gone") && reason.contains("spring-mail"), "\(reason)")
  }

  /// It looked as if the next tick would send.
  @Test("A campaign whose window has a zone that is not known says so, and every function answers")
  func window() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 2)
    try await workspace.seed("autumn", port: server.port, leads: 2)
    try await workspace.run("start-campaign", ["spring"])
    try await workspace.run("start-campaign", ["autumn"])
    try await workspace.sql(
      """
      update campaigns set window_days = '{1,2,3,4,5,6,7}', window_from = '00:00', window_to = '24:00',
        window_zone = 'Asia/Gone' where name = 'spring'
      """)
    #expect(try await workspace.run("tick").json["sent"] as? Int == 2)
    let status = try await workspace.run("campaign-status", ["spring"]).json
    #expect((status["reason"] as? String)?.contains("Asia/Gone") == true, "\(status)")
    for (program, arguments) in [
      ("campaign-messages", ["spring"]), ("pause-campaign", ["spring"]), ("resume-campaign", ["spring"]),
      ("resume-stuck", []), ("resolve-unknown", ["spring"]), ("cancel-campaign", ["spring"]),
    ] {
      let ran = try await workspace.run(program, arguments)
      #expect(ran.exit == 0, "\(program): \(ran.errors)")
    }
  }
}
