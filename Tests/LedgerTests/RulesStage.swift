import Campaign
import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

/// Campaigns that were started, and claims of them at any instant that a test wants.
final class RulesStage {
  /// What one claim did.
  struct Look {
    let id: String
    let rows: [ClaimMessages.Row]
    let room: LockDueLeads.Row?

    var taken: [Int] { rows.filter { $0.skipReason == nil && $0.heldBy == nil }.map(\.id) }
    var held: [String] { rows.compactMap(\.heldBy) }
    var skipped: [String] { rows.compactMap(\.skipReason) }
  }

  /// A Monday.
  static let noon = "2026-05-04T12:00:00Z"

  let workspace: Workspace
  private var campaigns: [String: (id: String, barrier: Int, sender: String)] = [:]

  /// - Parameters:
  ///   - sender: what else the senders have, as the assignments of an UPDATE; `campaign` likewise.
  ///   - sql: runs before the campaigns are started.
  init(
    _ names: [String] = ["spring"], leads: Int = 10, steps: [Int] = [0], sender: String? = nil, campaign: String? = nil,
    retryTimes: Int = 3, onUnknown: String = "hold", at start: String = RulesStage.noon, sql: String = ""
  ) async throws {
    workspace = try await Workspace()
    for name in names {
      try await workspace.seed(
        name, port: 1, leads: leads, steps: steps, connections: 100, lease: 60, timeout: 30, retryTimes: retryTimes,
        onUnknown: onUnknown)
    }
    try await workspace.sql(
      """
      \(sender.map { "update senders set \($0);" } ?? "")
      \(campaign.map { "update campaigns set \($0);" } ?? "")
      \(sql)
      """)
    for name in names {
      // A little earlier, so that everything is due at that instant.
      let started = try await workspace.run("start-campaign", [name], offset: RulesStage.offset(to: start, plus: -30))
      try #require(started.exit == 0, "\(started.errors)")
    }
    for row in try await workspace.sql("select name, id, number, sender_ids[1] from campaigns") {
      let parts = row.split(separator: "|").map(String.init)
      campaigns[parts[0]] = (parts[1], Int(parts[2]) ?? 0, parts[3])
    }
  }

  /// How far the clock must be moved to show an instant, and so many seconds more.
  static func offset(to instant: String, plus seconds: Double = 0) -> String {
    let target = ISO8601DateFormatter().date(from: instant) ?? .distantPast
    return "\(target.timeIntervalSinceNow + seconds) seconds"
  }

  func connection(at instant: String = RulesStage.noon, plus seconds: Double = 0) throws -> Connection {
    try Connection(
      url: workspace.databaseURL(offset: RulesStage.offset(to: instant, plus: seconds)), application: "test",
      prologue: Prologue(schema: workspace.schema))
  }

  /// Wakes what is ripe and claims, as a tick does.
  func claim(
    _ limit: Int = 100, of name: String = "spring", at instant: String = RulesStage.noon, plus seconds: Double = 0,
    scan: Int = 0
  ) throws -> Look {
    let campaign = try #require(campaigns[name])
    let id = newClaimID()
    let connection = try connection(at: instant, plus: seconds)
    _ = try connection.transaction { transaction in try transaction.run(WakeMessages(limit: 10_000)) }
    let claim = Batch.claim(
      id, campaign: campaign.id, barrier: campaign.barrier, sender: campaign.sender, lease: 60, limit: limit, scan: scan
    )
    try connection.perform(claim.batch, patience: 10)
    return Look(id: id, rows: claim.messages.values, room: claim.leads.values.first)
  }

  /// Settles messages of a claim, at once or one by one.
  func settle(
    _ messages: some Collection<Int>, of look: Look, _ outcome: Outcome, about: RefusalSubject? = nil,
    at instant: String = RulesStage.noon, plus seconds: Double = 0
  ) throws {
    guard !messages.isEmpty else { return }
    let (batch, rows) = Batch.settle(
      messages.map { Settlement(message: $0, claim: look.id, verdict: .outcome(outcome), about: about) })
    try connection(at: instant, plus: seconds).perform(batch, patience: 10)
    try #require(rows.values.count == messages.count)
  }

  /// What a tick does of a claim that must not be sent.
  func skip(_ look: Look) throws {
    let rows = look.rows.filter { $0.skipReason != nil }
    let (batch, _) = Batch.settle(
      rows.map { Settlement(message: $0.id, claim: nil, verdict: .skipped($0.skipReason ?? "")) })
    try connection().perform(batch, patience: 10)
  }

  func sql(_ text: String) async throws -> [String] { try await workspace.sql("set timezone = 'UTC';" + text) }

  func charged() async throws -> [String] {
    try await sql("select day, charged from sender_days order by day")
  }
}
