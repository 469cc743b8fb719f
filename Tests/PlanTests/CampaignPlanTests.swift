import Campaign
import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

/// The plans of what people ask for one campaign, beside fifty thousand other leads, their batches and their messages:
/// they go from the campaign outwards, whatever the planner knows.
extension PlanTests {

  /// Two thousand leads were started in 0.2 s alone, and in 104 s beside eighteen thousand others: each variable was
  /// looked for in every lead of the workspace, with the campaign's barrier held.
  @Test("A start looks at the campaign's leads, and not at the workspace's", arguments: Statistics.allCases)
  func start(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    try await copy.workspace.sql("update email_templates set variables = '{city,plan}'")
    let limit = Limit(moved: 3 * LargeLedger.smallLeads)
    let refused = try await copy.plans {
      let ran = try await copy.workspace.run("start-campaign", ["small"])
      #expect(ran.exit == 65 && ran.errors.contains("{{plan}}"), "\(ran.errors)")
    }
    expectBounded(refused, of: ["take-batches", "find-unmet-variables"], statistics, limit)
    try await copy.workspace.sql(
      """
      update leads set city = 'Bern', attributes = '{"plan": "gold"}' where id in (
        select b.lead_id from batch_leads b join lead_batches l on l.id = b.batch_id where l.name = 'small-leads')
      """)
    let plans = try await copy.plans {
      let ran = try await copy.workspace.run("start-campaign", ["small"])
      #expect(ran.json["messages"] as? Int == 2 * LargeLedger.smallLeads, "\(ran.errors)")
    }
    expectBounded(
      plans, of: ["lock-campaign", "find-unmet-variables", "write-plan", "write-ledger", "mark-started"], statistics,
      limit)
  }

  /// What is cancelled by portions reads with each portion what the ones before it have cancelled, or all that others
  /// have; and a list does so with each page.
  @Test("A list and a cancel look at the campaign's messages, and each once", arguments: Statistics.allCases)
  func cancel(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    try await copy.workspace.run("start-campaign", ["small"])
    try await copy.workspace.sql(
      "update campaigns set status = 'cancelled', cancelled_at = now(), paused_at = null where name = 'front'")
    let row = try await copy.workspace.sql(
      "select c.id, (select max(m.id) - 20000 from messages m where m.campaign_id = c.id) from campaigns c where c.name = 'front'"
    )
    let (front, middle) = try #require(
      row.first.map { $0.split(separator: "|") }.map { (String($0[0]), Int($0[1]) ?? 0) })
    let plans = try await copy.plans {
      let listed = try await copy.workspace.run("campaign-messages", ["small", "--state", "pending"])
      #expect(listed.output.split(separator: "\n").count == 2 * LargeLedger.smallLeads, "\(listed.errors)")
      let ran = try await copy.workspace.run("cancel-campaign", ["small"])
      #expect(ran.json["cancelled"] as? Int == 2 * LargeLedger.smallLeads, "\(ran.errors)")
      // In the middle of a large campaign.
      let database = try copy.connection()
      _ = try database.transaction { transaction in
        try transaction.run(CancelMessages(campaign: front, after: middle, through: middle + 300))
        try transaction.run(ListMessages(campaign: copy.big.id, status: "sent", step: nil, after: 100, through: 400))
        try transaction.run(ListSuppressions(value: nil, afterValue: "gone-3@gone.test", afterChannel: "", limit: 100))
        try transaction.run(ListSuppressions(value: "GONE-3@gone.test", afterValue: "", afterChannel: "", limit: 100))
      }
    }
    expectBounded(
      plans,
      of: [
        "find-message-range", "list-messages", "mark-cancelled", "list-in-flight", "cancel-messages", "load-pause",
        "list-suppressions",
      ],
      statistics, Limit(moved: 2 * LargeLedger.smallLeads))
  }

  /// Ten thousand of three hundred thousand leads, named one by one, took 100 s.
  @Test("A document is looked up by what it names, and by nothing else", arguments: Statistics.allCases)
  func apply(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    try await copy.workspace.sql(
      """
      insert into email_templates (name, channel, subject, text)
      select 'other-' || n, 'email', 'x', 'x' from generate_series(1, 2000) n;
      insert into lead_batches (name) select 'other-' || n from generate_series(1, 2000) n;
      """)
    let emails = (1...100).map { "mass-\($0 * 7)@\($0 * 7 % 100).test" }
    let document = """
      templates: [{ name: one, channel: email, subject: x, text: y }]
      campaigns: [{ name: named, template: one, senders: [big-mail], batches: [batch-3], leads: [\(emails.joined(separator: ", "))] }]
      """
    let plans = try await copy.plans {
      let ran = try await copy.workspace.run("apply", input: document)
      #expect(ran.exit == 0, "\(ran.errors)")
    }
    expectBounded(plans, of: ["load-names", "load-campaign-plans", "upsert-campaign"], statistics, Limit(moved: 100))
    let named = plans.filter { $0.statement == "load-names" }
    #expect(named.flatMap(\.root.all).allSatisfy { $0.looked <= 300 })
  }

  /// What is unknown in one campaign is found without its ledger, and without those of the others.
  @Test("What is unknown is looked at, and not what was sent", arguments: Statistics.allCases)
  func resolveUnknown(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    let database = try copy.connection()
    let (claim, look) = try copy.claim(3, on: database)
    let (batch, _) = Batch.settle(
      look.messages.values.map {
        Settlement(message: $0.id, claim: claim, verdict: .outcome(.unknown("gone")))
      })
    try database.perform(batch)
    let plans = try await copy.plans {
      let listed = try await copy.workspace.run("resolve-unknown", ["big"])
      #expect((listed.json["messages"] as? [Any])?.count == 3, "\(listed.errors)")
      let ran = try await copy.workspace.run("resolve-unknown", ["big", "--as-failed"])
      #expect(ran.json["resolved"] as? Int == 3, "\(ran.errors)")
    }
    expectBounded(plans, of: ["list-unknown-messages", "settle-late-outcome"], statistics, Limit(moved: 3))
  }

  /// The nightly sync of a list: what it reads and locks is what is in the file.
  @Test("An import looks at the leads of its file", arguments: Statistics.allCases)
  func importLeads(_ statistics: Statistics) async throws {
    let copy = try await copy(statistics)
    let rows =
      (1...200).map { "mass-\($0 * 9)@\($0 * 9 % 100).test,City\n" } + (1...200).map { "new-\($0)@x.test,City\n" }
    let plans = try await copy.plans {
      let ran = try await copy.workspace.run("import-leads", ["--batch", "new"], input: "email,city\n" + rows.joined())
      #expect(ran.json["updated"] as? Int == 200 && ran.json["created"] as? Int == 200, "\(ran.errors)")
    }
    expectBounded(
      plans,
      of: ["match-leads-by-email", "create-leads", "join-batch", "stage-changes", "lock-leads", "update-leads"],
      statistics, Limit(moved: 400))
  }
}
