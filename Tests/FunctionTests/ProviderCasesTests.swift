import Foundation
import Support
import Testing

/// What mail providers said to other people's engines (`../shared/cases/smtp`), each in a campaign of its own: whose fault a
/// refusal is must show in the ledger, in the tick's exit code and in its words.
@Suite struct ProviderCasesTests {
  /// One case, as its file has it.
  private struct Case: Decodable {
    struct Rule: Decodable {
      let at: String
      let reply: [String]
      var from: Int?
      var until_minute: Int?
      var address: String?
      var more_than_per_second: Int?

      /// As a rule of `scripted-smtp`, at a minute of the case, when the point was reached so often before.
      func rule(at minute: Int, reached: Int) -> [String: Any]? {
        if let until = until_minute, minute >= until { return nil }
        var rule: [String: Any] = ["at": at, "do": "reply", "text": reply.joined(separator: "\n")]
        if let from, from > reached + 1 { rule["from"] = from - reached }
        if let address { rule["recipient"] = address }
        if let more_than_per_second { rule["more_than_per_second"] = more_than_per_second }
        return rule
      }
    }
    struct Want: Decodable {
      var sent: Int?
      var failed: Int?
      var pending: Int?
      var exit: Int32?
      var stopped_reason_has: String?
      var campaign: String?
      var suppressed: String?
    }
    let leads: Int
    var say: [Rule]?
    let ticks: [Int]
    let want: [String: Want]
  }

  private static let folder = Machine.root.appendingPathComponent("../shared/cases/smtp").standardized

  /// Leads who pay for a provider's quota are lost for good, and a campaign that is "completed" hides it.
  @Test(
    "What a provider says of the sender costs no lead anything, and what it says of a lead stops nobody else",
    arguments: [
      "daily-quota", "disk-full", "helo-rejected", "provider-daily-454", "provider-rate", "relay-recipient-table",
      "send-as-denied", "sender-not-owned",
    ])
  func provider(_ name: String) async throws {
    let file = Self.folder.appendingPathComponent("\(name).json")
    guard let data = try? Data(contentsOf: file) else {
      print("skipped: \(name): there are no cases beside the project")
      return
    }
    let example = try JSONDecoder().decode(Case.self, from: data)
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: example.leads, connections: 2, lease: 40, timeout: 20)
    try await workspace.sql(
      """
      update leads l set email = 'lead' || n.n || '@d' || n.n || '.test'
      from (select id, substring(email from '-(.*)@') as n from leads) n where n.id = l.id
      """)
    try await workspace.run("start-campaign", ["spring"])
    var reached: [String: Int] = [:]
    var mails: [String] = []
    for (index, minute) in example.ticks.enumerated() {
      let rules = (example.say ?? []).compactMap { $0.rule(at: minute, reached: reached[$0.at] ?? 0) }
      let script = String(decoding: try JSONSerialization.data(withJSONObject: rules), as: UTF8.self)
      let server = try await SMTPServer(script: script)
      try await workspace.sql("update senders set url = 'smtp://127.0.0.1:\(server.port)'")
      let tick = try await workspace.run("tick", offset: "\(minute) minutes")
      mails += try server.accepted()
      for event in try server.events() {
        if event.name == "dot" { reached["dot", default: 0] += 1 }
        let line = event.fields["line"] as? String ?? ""
        for (verb, point) in [("MAIL", "mail"), ("RCPT", "rcpt"), ("DATA", "data")] where line.hasPrefix(verb) {
          reached[point, default: 0] += 1
        }
      }
      if index == 0, let want = example.want["after_first_tick"] {
        try await check(want, workspace, offset: "\(minute) minutes", "\(name), first tick: \(tick.output)")
        if let exit = want.exit { #expect(tick.exit == exit, "\(name): \(tick.output)") }
        if let words = want.stopped_reason_has {
          let stopped = tick.json["stopped"] as? [[String: Any]] ?? []
          #expect(stopped.contains { ($0["reason"] as? String)?.contains(words) == true }, "\(name): \(tick.output)")
          let status = try await workspace.run("campaign-status", ["spring"], offset: "\(minute) minutes")
          #expect((status.json["reason"] as? String)?.contains(words) == true, "\(name): \(status.output)")
        }
      }
    }
    if let want = example.want["at_end"] {
      try await check(want, workspace, offset: "\(example.ticks.last ?? 0) minutes", "\(name), at the end")
    }
    #expect(Set(mails).count == mails.count, "\(name): a mail went out twice")
    #expect(try await workspace.wrongCounters() == [])
  }

  private func check(_ want: Case.Want, _ workspace: Workspace, offset: String, _ what: String) async throws {
    let states = try await workspace.states()
    if let sent = want.sent { #expect(states["sent"] ?? 0 == sent, "\(what): \(states)") }
    if let failed = want.failed { #expect(states["failed"] ?? 0 == failed, "\(what): \(states)") }
    if let pending = want.pending { #expect(states["pending"] ?? 0 == pending, "\(what): \(states)") }
    if let campaign = want.campaign {
      let status = try await workspace.run("campaign-status", ["spring"], offset: offset).json
      #expect(status["status"] as? String == campaign, "\(what)")
    }
    let suppressed = try await workspace.sql("select value from suppressions")
    if let address = want.suppressed {
      #expect(suppressed.count == 1 && suppressed[0].hasPrefix(address), "\(what): \(suppressed)")
    } else {
      #expect(suppressed == [], "\(what)")
    }
  }
}
