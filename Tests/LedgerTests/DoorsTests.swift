import Campaign
import Ledger
import Postgres
import Steps
import Support
import Testing

@Suite struct DoorsTests {
  private struct Stage {
    let workspace: Workspace
    let database: Connection
    let campaign: String
    let sender: String
    let barrier: Int

    init(leads: Int, steps: [Int]) async throws {
      workspace = try await Workspace()
      try await workspace.seed(port: 1, leads: leads, steps: steps, lease: 60, timeout: 30)
      let started = try await workspace.run("start-campaign", ["spring"])
      try #require(started.exit == 0, "\(started.errors)")
      let row = try await workspace.sql("select id, number, sender_ids[1] from campaigns")[0].split(separator: "|")
      (campaign, barrier, sender) = (String(row[0]), Int(row[1]) ?? 0, String(row[2]))
      database = try Connection(
        url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
    }

    /// Claims what is due, and settles it; answers its steps.
    func send(_ outcome: Outcome) throws -> [Int] {
      let id = newClaimID()
      let claim = Batch.claim(id, campaign: campaign, barrier: barrier, sender: sender, lease: 60, limit: 10)
      try database.perform(claim.batch, patience: 10)
      let (batch, _) = Batch.settle(
        claim.messages.values.map { Settlement(message: $0.id, claim: id, verdict: .outcome(outcome)) })
      try database.perform(batch, patience: 10)
      return claim.messages.values.map(\.step)
    }
  }

  /// The first mail is sent again after the second has arrived: to whoever looks at the lead, it had never had the second.
  @Test("A lead never goes back a step when an earlier one is sent again")
  func goesBack() async throws {
    let stage = try await Stage(leads: 1, steps: [0, 0, 0])
    #expect(try stage.send(.unknown("gone")) == [1])
    #expect(try stage.send(.accepted(providerID: nil)) == [2])
    #expect(try await stage.workspace.sql("select status from leads") == ["follow_up_1"])
    try await stage.workspace.sql("update messages set deadline = null")
    #expect(try await stage.workspace.run("resolve-unknown", ["spring", "--resend"]).exit == 0)
    #expect(try stage.send(.accepted(providerID: nil)) == [1])
    #expect(try await stage.workspace.sql("select status, emails_sent from leads") == ["follow_up_1|2"])
    #expect(try stage.send(.accepted(providerID: nil)) == [3])
    #expect(try await stage.workspace.sql("select status from leads") == ["follow_up_2"])
  }

  /// Behind a router that sends what reads no table to any server, two ends of one barrier lay on two servers.
  @Test("The barrier is taken behind the campaign's own row, once, and without the row it is not granted")
  func barrier() async throws {
    let stage = try await Stage(leads: 1, steps: [0])
    for name in ["second", "third"] { try await stage.workspace.seed(name, port: 1, leads: 1) }
    func taken(_ take: (borrowing Transaction) throws -> Bool) throws -> String {
      try stage.database.transaction { transaction in
        let isTaken = try take(transaction)
        return "\(isTaken): \(try transaction.one(CountBarriers()))"
      }
    }
    let number = stage.barrier
    #expect(try taken { try $0.one(TryBarrier(barrier: number)).granted } == "true: ShareLock 1")
    #expect(try taken { try $0.run(HoldBarrier(barrier: number)).count == 1 } == "true: ExclusiveLock 1")
    #expect(try taken { try $0.one(TryBarrier(barrier: 4711)).granted } == "false:  0")
    #expect(try taken { try $0.run(HoldBarrier(barrier: 4711)).count == 1 } == "false:  0")
  }
}

/// The advisory locks of this transaction, and how many there are.
private struct CountBarriers: Statement {
  static let sql = SQLText(
    "count-barriers",
    Array(
      """
      select coalesce(min(l.mode), '') || ' ' || count(*) as barriers
      from pg_locks l where l.locktype = 'advisory' and l.pid = pg_backend_pid()
      """.utf8))
  static let columns = [Column("barriers", .text)]
  static func read(_ row: inout RowReader) throws(DatabaseError) -> String { try row.text() }
}
