import Campaign
import Ledger
import Postgres
import Steps
import Support
import Testing

extension PlanTests {
  /// Somebody has the campaign's row and its barrier meanwhile: nothing of it is sent, and it cannot be paused either.
  @Test(
    "What is sent again is found by what has failed or is unknown, and not among all", arguments: Statistics.allCases)
  func sendAgain(_ statistics: Statistics) async throws {
    let copy = try await #require(LargeLedger.current).copy(statistics)
    let database = try copy.connection()
    let (claim, look) = try copy.claim(20, on: database)
    for (place, message) in look.messages.values.map(\.id).enumerated() {
      let outcome = place < 10 ? Outcome.refused("554 no") : .unknown("gone")
      try database.perform(Batch.settle([Settlement(message: message, claim: claim, verdict: .outcome(outcome))]).0)
    }
    let plans = try await copy.plans {
      let resent = try await copy.workspace.run("resolve-unknown", ["big", "--resend"])
      #expect(resent.json["resolved"] as? Int == 10, "\(resent.output) \(resent.errors)")
      let requeued = try await copy.workspace.run("requeue", ["big", "--reason", "554"])
      #expect(requeued.json["requeued"] as? Int == 10, "\(requeued.output) \(requeued.errors)")
    }
    expectBounded(
      plans,
      of: [
        "resend-messages", "list-failures", "list-suppressed-failures", "requeue-messages", "lower-health",
        "hold-barrier",
      ],
      statistics, Limit(moved: 20))
  }
}
