import Campaign
import Foundation
import Ledger
import Steps
import Support
import Testing

@testable import Postgres

/// Two connections that each do what the product does, stepped against each other statement by statement, in every order
/// that PostgreSQL allows.
@Suite struct InterleavingTests {
  /// A claim that does not ask for the barrier, or that reads the campaign's state before it asks, is committed behind
  /// the pause's look at what is out: its message leaves after the pause has answered.
  @Test(
    "A claim and a pause, in every order: nothing leaves after the answer, and the answer knows of what left before")
  func claimAndPause() async throws {
    let stage = try await Stage(leads: 2)
    let orders = try await stage.everyOrder("claim and pause") { one, other in
      var (sent, pause, answer) = ([Int](), Connection.Pause?.none, LoadPause.Row?.none)
      one.does {
        sent = try stage.claim(limit: 1, on: $0)
        // It leaves at the last moment that there is: just before it is settled.
        for message in sent { try stage.settle(message, .accepted(providerID: nil), on: $0, leaving: true) }
      }
      other.does {
        let now = try $0.database.pause("spring", actor: nil, reason: nil)
        (pause, answer) = (now, try $0.wait(for: now.campaign, now.inFlight))
        $0.note("answers")
      }
      return Order(met: { pause?.inFlight.isEmpty == false }) { order, facts in
        var faults = faultsOfBarrier(order, "mark-paused", isClaimed: !sent.isEmpty)
        if answer?.sent != pause?.inFlight.count { faults.append("not all that was out was sent when it answered") }
        if facts["campaign spring"] != "paused 1 0" && facts["campaign spring"] != "paused 2 0" {
          faults.append("the campaign is \(facts["campaign spring"] ?? "gone")")
        }
        for (id, message) in zip(stage.messages, stage.messages.map { facts["message \($0)"] }) {
          if message != (sent.contains(id) ? "sent 1 1" : "pending 0 0") {
            faults.append("\(id) is \(message ?? "gone")")
          }
        }
        return faults
      }
    }
    #expect(orders.faults == [])
    #expect(orders.met > 0, "no pause met a message in flight")
  }

  /// What a claim takes behind the cancellation's back goes out after its answer; what a settlement returns behind it is
  /// pending for ever, and keeps the batch locked.
  @Test("A claim and a cancellation, in every order: nothing leaves after the answer, nothing pending is left")
  func claimAndCancel() async throws {
    let stage = try await Stage(leads: 2)
    let orders = try await stage.everyOrder("claim and cancel") { one, other in
      var (claimed, cancelled, inFlight) = ([Int](), 0, [Int]())
      one.does {
        claimed = try stage.claim(limit: 1, on: $0)
        for message in claimed { try stage.settle(message, .accepted(providerID: nil), on: $0, leaving: true) }
      }
      other.does {
        (inFlight, cancelled) = try stage.cancel(on: $0)
        _ = try $0.wait(for: stage.campaign, inFlight)
        $0.note("answers")
      }
      return Order(met: { !inFlight.isEmpty }) { order, facts in
        var faults = faultsOfBarrier(order, "mark-cancelled", isClaimed: !claimed.isEmpty)
        if claimed.count + cancelled != 2 { faults.append("\(cancelled) cancelled and \(claimed.count) claimed") }
        for id in stage.messages where facts["message \(id)"] != (claimed.contains(id) ? "sent 1 1" : "cancelled 0 0") {
          faults.append("\(id) is \(facts["message \(id)"] ?? "gone")")
        }
        return faults + stage.faultsOfTheEnd("cancelled", facts)
      }
    }
    #expect(orders.faults == [])
    #expect(orders.met > 0, "no cancellation met a message in flight")
  }

  /// A settlement that has read `running` and then gives its message back, after the cancellation has looked for what
  /// is pending.
  @Test(
    "A settlement and a cancellation, in every order: the message is moved once, nothing pending is left, the batch is free"
  )
  func settleAndCancel() async throws {
    let stage = try await Stage(leads: 2, claimed: 1)
    let expected: [(Outcome, String)] = [
      (.accepted(providerID: nil), "sent 1 1"), (.deferred("450"), "cancelled 1 0"), (.returned(nil), "cancelled 0 0"),
      (.refused("550"), "failed 1 0"), (.unknown("gone"), "unknown 1 0"),
    ]
    for (outcome, end) in expected {
      let message = stage.messages[0]
      let orders = try await stage.everyOrder("settle and cancel, \(outcome.word)") { one, other in
        var inFlight: [Int] = []
        one.does { try stage.settle(message, outcome, on: $0) }
        other.does {
          inFlight = try stage.cancel(on: $0).inFlight
          // Nobody waits for the deadline of what is unknown here.
          if outcome.word != "unknown" { _ = try $0.wait(for: stage.campaign, inFlight) }
        }
        return Order(met: { inFlight == [message] }) { _, facts in
          var faults: [String] = []
          if facts["message \(message)"] != end { faults.append("it is \(facts["message \(message)"] ?? "gone")") }
          let other = facts["message \(stage.messages[1])"]
          if other != "cancelled 0 0" { faults.append("the other one is \(other ?? "gone")") }
          return faults + stage.faultsOfTheEnd("cancelled", facts)
        }
      }
      #expect(orders.faults == [])
      #expect(orders.met > 0, "no cancellation met a message in flight")
    }
  }

  /// The claimer was only slow: it settles while a recovery gives it up. Moved twice, the counters are wrong for good, and
  /// a campaign completes early or never.
  @Test("A settlement and a recovery, in every order: moved once, and what the server said is what remains")
  func settleAndRecovery() async throws {
    let cases: [(Outcome, onUnknown: String, end: String)] = [
      (.accepted(providerID: nil), "hold", "sent 1 1"), (.refused("550"), "hold", "failed 1 0"),
      (.accepted(providerID: nil), "resend", "sent 1 1"),
    ]
    for (outcome, onUnknown, end) in cases {
      let stage = try await Stage(leads: 1, claimed: 1, isOverdue: true, onUnknown: onUnknown)
      let message = stage.messages[0]
      let orders = try await stage.everyOrder("settle and recover, \(outcome.word), \(onUnknown)") { one, other in
        var (found, moves) = (0, [String]())
        one.does { moves += try stage.settle(message, outcome, on: $0) }
        other.does {
          let recovery = try $0.database.recover()
          found = recovery.total
          moves += recovery.finds.map(\.key.becomes)
        }
        return Order(met: { found > 0 }) { _, facts in
          var faults: [String] = []
          if moves.count != 1 { faults.append("moved by two: \(moves)") }
          let now = facts["message \(message)"]
          if now != end { faults.append("it is \(now ?? "gone")") }
          return faults + stage.faultsOfTheEnd("completed", facts)
        }
      }
      #expect(orders.faults == [])
      #expect(orders.met > 0, "no recovery met the message in flight")
    }
  }

  /// Two operators, or one who is impatient: twice the ledger is twice every mail, and two campaigns with one batch are
  /// two strangers who write to the same people.
  @Test("Two starts, in every order: one ledger for a campaign, one campaign for a batch", arguments: [true, false])
  func startAndStart(areOne: Bool) async throws {
    let stage = try await Stage(leads: 2, isStarted: false, others: ["summer"])
    let names = areOne ? ["spring", "spring"] : ["spring", "summer"]
    let orders = try await stage.everyOrder("start and start, \(areOne ? "one campaign" : "one batch")") { one, other in
      var answers: [String] = []
      for (hand, name) in zip([one, other], names) { hand.does { answers.append(try stage.start(name, on: $0)) } }
      // Nothing is in flight before a campaign has started; what there has to be is one that waits for the other.
      return Order(met: { one.hasWaited || other.hasWaited }) { _, facts in
        var faults: [String] = []
        if answers.sorted() != ["refused", "started"] { faults.append("they answer \(answers)") }
        let running = facts.filter { $0.key.hasPrefix("campaign") && $0.value == "running 2 0" }
        if running.count != 1 { faults.append("running are \(running.keys)") }
        if facts.filter({ $0.key.hasPrefix("message") && $0.value == "pending 0 0" }).count != 2 {
          faults.append("the ledger is \(facts.filter { $0.key.hasPrefix("message") })")
        }
        let holder = running.first?.key.dropFirst("campaign ".count) ?? "nobody"
        if facts["batch spring-leads"] != "\(holder) 0 0" { faults.append("\(facts["batch spring-leads"] ?? "")") }
        return faults
      }
    }
    #expect(orders.faults == [])
    #expect(orders.met > 0, "no start waited for the other")
  }

  /// Two campaigns with one lead: only the lock on the lead lets the second claim see that the first has just written to
  /// it. Without it both decide that nobody has.
  @Test("Two campaigns that claim one lead, in every order: one gets it, and the other waits for the end of the gap")
  func claimAndClaim() async throws {
    let stage = try await Stage(leads: 1, others: ["summer"], isShared: false)
    let orders = try await stage.everyOrder("claim and claim") { one, other in
      var (claimed, held, passedBy) = ([Int](), [Int](), 0)
      for (hand, name) in zip([one, other], ["spring", "summer"]) {
        hand.does {
          var found = try stage.claimOrHold(name, limit: 1, on: $0)
          if found == ([], []) {
            // Somebody else had the lead: the next claim sees what became of it.
            passedBy += 1
            while found == ([], []) {
              $0.waitForTheOther()
              found = try stage.claimOrHold(name, limit: 1, on: $0)
            }
          }
          claimed += found.claimed
          held += found.held
        }
      }
      return Order(met: { passedBy > 0 }) { order, facts in
        var faults: [String] = []
        // From the statement that locks the lead to the commit: whoever has it, the other has not.
        var holder: String?
        for word in order {
          let parts = word.split(separator: " ").map(String.init)
          guard parts.count == 3, parts[1] == "lead" else { continue }
          if parts[2] == "locked" {
            if let holder { faults.append("\(parts[0]) has the lead while \(holder) has it") }
            holder = parts[0]
          } else if holder == parts[0] {
            holder = nil
          }
        }
        if claimed.count != 1 || (claimed + held).sorted() != stage.messages {
          faults.append("claimed are \(claimed), held \(held)")
        }
        for id in stage.messages {
          let expected = claimed.contains(id) ? "sending 1 0" : "pending 0 0"
          if facts["message \(id)"] != expected { faults.append("\(id) is \(facts["message \(id)"] ?? "gone")") }
        }
        return faults
      }
    }
    #expect(orders.faults == [])
    #expect(orders.met > 0, "no claim met a lead that the other had")
  }
}

/// What is wrong with a claim (the first hand's) and a change of the campaign (the other's): a claim that took something was
/// committed before the change began, which has seen it then; and what it took left before the change was answered.
private func faultsOfBarrier(_ order: [String], _ change: String, isClaimed: Bool) -> [String] {
  var faults: [String] = []
  if isClaimed, let changed = order.firstIndex(of: "2:\(change)"),
    changed < order.firstIndex(of: "1:commit") ?? order.endIndex
  {
    faults.append("a claim was granted behind the barrier")
  }
  if let left = order.firstIndex(of: "leaves"), let answers = order.firstIndex(of: "answers"), answers < left {
    faults.append("a message left after the answer")
  }
  return faults
}

// MARK: - The stage

/// A workspace that can be put back to how it was, and what the two hands do on it.
///
/// Unchecked: it does not change after `init`, and its observer is used by the one thread that runs the orders.
private final class Stage: @unchecked Sendable {
  let workspace: Workspace
  let campaign: String
  let messages: [Int]
  let claim = newClaimID()
  private let campaigns: [String: (id: String, barrier: Int, sender: String)]
  private let observer: Connection
  private let reset: SQLText

  /// - Parameters:
  ///   - claimed: how many messages are claimed already, and perhaps past their deadline.
  ///   - others: further campaigns, with the first one's lead.
  ///   - isShared: whether they have the first one's batch, and not one of their own with the same lead.
  init(
    leads: Int, claimed: Int = 0, isOverdue: Bool = false, onUnknown: String = "hold", isStarted: Bool = true,
    others: [String] = [], isShared: Bool = true
  ) async throws {
    workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: leads, lease: 60, timeout: 30, onUnknown: onUnknown)
    for other in others {
      try await workspace.seed(other, port: 1, leads: 1, lease: 60, timeout: 30)
      try await workspace.sql(
        isShared
          ? """
          update campaigns set batch_ids = (select batch_ids from campaigns where name = 'spring') where name = '\(other)'
          """
          : """
          update batch_leads set lead_id = (select id from leads where email = 'spring-1@x.test')
          where batch_id = (select id from lead_batches where name = '\(other)-leads')
          """)
    }
    if isStarted {
      for name in ["spring"] + others {
        let started = try await workspace.run("start-campaign", [name])
        try #require(started.exit == 0, "\(started.errors)")
      }
    }
    if claimed > 0 {
      try await workspace.sql(
        """
        update messages set status = 'sending', claim_id = '\(claim)', attempt = 1,
          deadline = clock_timestamp() + interval '\(isOverdue ? "-1 s" : "1 hour")'
        where id in (select id from messages order by id limit \(claimed))
        """)
    }
    let tables = [
      "campaign_events", "campaign_steps", "campaigns", "lead_batches", "leads", "messages", "unknown_attempts",
    ]
    // What is generated comes back by itself.
    var columns: [String: String] = [:]
    for row in try await workspace.sql(
      """
      select table_name, string_agg(quote_ident(column_name), ', ' order by ordinal_position)
      from information_schema.columns where table_schema = current_schema() and is_generated = 'NEVER' group by 1
      """)
    {
      let parts = row.split(separator: "|").map(String.init)
      columns[parts[0]] = parts[1]
    }
    let stored = columns
    try await workspace.sql(
      tables.map { "create table saved_\($0) as select \(stored[$0] ?? "*") from \($0);" }.joined(separator: "\n"))
    reset = SQLText(
      "reset",
      Array(
        // A replica checks no reference and fires no trigger: the rows come back as they were, one table at a time.
        ("set local session_replication_role = replica;"
          + tables.map {
            "delete from \($0); insert into \($0) (\(stored[$0] ?? "")) overriding system value table saved_\($0);"
          }
          .joined())
          .utf8))
    var found: [String: (String, Int, String)] = [:]
    for row in try await workspace.sql("select name, id, number, sender_ids[1] from campaigns") {
      let parts = row.split(separator: "|").map(String.init)
      found[parts[0]] = (parts[1], Int(parts[2]) ?? 0, parts[3])
    }
    campaigns = found
    campaign = try #require(campaigns["spring"]).id
    messages = try await workspace.sql("select id from messages order by id").compactMap { Int($0) }
    observer = try Connection(
      url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
  }

  // MARK: What the hands do

  /// A claim, as `Batch.claim` sends it whole.
  func claim(_ name: String = "spring", limit: Int, on hand: Hand) throws -> [Int] {
    try claimOrHold(name, limit: limit, on: hand).claimed
  }

  /// The same, and what a rule held back.
  func claimOrHold(_ name: String, limit: Int, on hand: Hand) throws -> (claimed: [Int], held: [Int]) {
    guard let campaign = campaigns[name] else { return ([], []) }
    let found = try hand.database.transaction { transaction in
      try transaction.run(TryBarrier(barrier: campaign.barrier))
      let leads = try transaction.run(
        LockDueLeads(campaign: campaign.id, sender: campaign.sender, limit: limit, scan: 0))
      if let leads = leads.first, leads.picked > 0 { hand.note("\(name) lead locked") }
      return try transaction.run(ClaimMessages(claim: claim, lease: 60))
    }
    hand.note("\(name) lead free")
    return (found.filter { $0.heldBy == nil }.map(\.id), found.filter { $0.heldBy != nil }.map(\.id))
  }

  /// A settlement, as `Batch.settle` sends it whole, and what follows when the claim is gone. Answers what it moved.
  @discardableResult
  func settle(_ message: Int, _ outcome: Outcome, on hand: Hand, leaving: Bool = false) throws -> [String] {
    let settlement = Settlement(message: message, claim: claim, verdict: .outcome(outcome))
    let moved = try hand.database.transaction { transaction in
      hand.isLeaving = leaving
      return try transaction.run(SettleMessages([settlement])).map(\.becomes)
    }
    if moved.isEmpty, outcome.word != "unknown" {
      _ = try hand.database.transaction { transaction in
        try transaction.run(LockForSettlement(messages: [message]))
        return try transaction.run(
          SettleLateOutcome(
            message: message, claim: claim, outcome: outcome.word, providerID: outcome.providerID,
            reason: outcome.reason))
      }
    }
    return moved
  }

  /// What `cancel-campaign` does up to its waiting.
  func cancel(on hand: Hand) throws -> (inFlight: [Int], cancelled: Int) {
    let inFlight = try hand.database.change("spring", actor: nil, reason: nil) { campaign, transaction in
      try transaction.run(MarkCancelled(campaign: campaign.id))
      return try transaction.run(ListInFlight(campaign: campaign.id)).map(\.id)
    }
    let cancelled = try hand.database.transaction { transaction in
      try transaction.run(LockCampaign(name: "spring"))
      return try transaction.one(CancelMessages(campaign: campaign, after: 0, through: Int.max)).moved
    }
    // The product asks again until there is nothing more; here there must be nothing more at once.
    return (inFlight, cancelled)
  }

  /// What `start-campaign` does.
  func start(_ name: String, on hand: Hand) throws -> String {
    struct Refused: Error {}
    do {
      return try hand.database.transaction { transaction in
        guard let campaign = try transaction.run(LockCampaign(name: name)).first, campaign.status == "draft" else {
          throw Refused()
        }
        guard try transaction.run(TakeBatches(campaign: campaign.id)).allSatisfy({ $0.heldBy == nil }) else {
          throw Refused()
        }
        try transaction.run(WritePlan(campaign: campaign.id))
        let ledger = try transaction.one(WriteLedger(campaign: campaign.id))
        let open = ledger.messages - ledger.skipped
        try transaction.run(MarkStarted(campaign: campaign.id, open: open, emails: ledger.emails, leads: ledger.leads))
        return "started"
      }
    } catch is Refused {
      return "refused"
    }
  }

  // MARK: Every order

  /// How many orders there are, how many met what makes them interesting, and what was wrong in which.
  struct Orders: Sendable {
    var count = 0
    var met = 0
    var faults: [String] = []
  }

  /// Runs what two hands do in every order: first one of the orders, then the one that differs in the last choice that
  /// has not been made both ways, until there is none (stateless search, depth first).
  func everyOrder(_ name: String, _ prepare: @escaping (Hand, Hand) -> Order) async throws -> Orders {
    let work = Unchecked { [self] in
      let race = try Race(stage: self)
      var orders = Orders()
      var choices: [Int] = []
      while true {
        try observer.transaction { transaction in try transaction.script(reset) }
        race.begin()
        let order = prepare(race.hands[0], race.hands[1])
        var taken = try race.run(choices)
        orders.count += 1
        if order.met() { orders.met += 1 }
        let facts = try facts()
        var faults = race.hands.compactMap(\.failure) + facts.keys.filter { $0.hasPrefix("wrong") }
        faults += order.faults(race.trace, facts)
        if !faults.isEmpty && orders.faults.count < 3 {
          orders.faults.append("\(faults.joined(separator: "; ")), after: \(race.trace.joined(separator: ", "))")
        }
        while let last = taken.last, last.choice + 1 == last.options { taken.removeLast() }
        guard let last = taken.popLast() else { return orders }
        choices = taken.map(\.choice) + [last.choice + 1]
      }
    }
    // On a thread of its own: it waits for locks, and holds none of the few threads that all tests share.
    let orders = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Orders, Error>) in
      Thread.detachNewThread { continuation.resume(with: Result { try work.value() }) }
    }
    print("interleavings: \(name): \(orders.count) orders, \(orders.met) met what they are about")
    return orders
  }

  /// The ledger as it is: states, and after a message's its attempts and acceptances, after a campaign's what is open and
  /// how often it completed, after a batch's holder how often it was released.
  private func facts() throws -> [String: String] {
    let facts = try observer.transaction { transaction in try transaction.run(LoadFacts()) }
    return Dictionary(facts.map { ($0.name, $0.state) }) { first, _ in first }
  }

  /// What is wrong with a campaign that should be over: the batch released once, nothing open, completed at most once.
  func faultsOfTheEnd(_ status: String, _ facts: [String: String]) -> [String] {
    var faults: [String] = []
    let expected = "\(status) 0 \(status == "completed" ? 1 : 0)"
    if facts["campaign spring"] != expected { faults.append("the campaign is \(facts["campaign spring"] ?? "gone")") }
    if facts["batch spring-leads"] != "free 1 0" {
      faults.append("the batch is \(facts["batch spring-leads"] ?? "gone")")
    }
    return faults
  }

  func isBlocked(_ hand: Hand, by other: Hand) throws -> Bool {
    try observer.transaction { transaction in
      try transaction.one(IsBlocked(backend: hand.backend, by: other.backend))
    }
  }
}

/// What an order has to show: whether it met what it is about, and what is wrong after it.
private struct Order {
  let met: () -> Bool
  let faults: ([String], [String: String]) -> [String]

  init(met: @escaping () -> Bool, faults: @escaping ([String], [String: String]) -> [String]) {
    self.met = met
    self.faults = faults
  }
}

// MARK: - Two hands

/// Two hands, of which one at a time makes a step.
private final class Race {
  let hands: [Hand]
  /// What happened, in order.
  private(set) var trace: [String] = []
  private let stage: Stage
  private let gate = NSCondition()

  init(stage: Stage) throws {
    self.stage = stage
    let gate = gate
    hands = try (0..<2).map { _ in
      try Hand(
        Connection(
          url: stage.workspace.databaseURL(), application: "test", prologue: Prologue(schema: stage.workspace.schema)),
        gate)
    }
    for hand in hands { hand.noted = { [unowned self] in trace.append($0) } }
  }

  func begin() { trace = [] }

  /// Steps both to their ends, by choices where both could go on, and by the first one where no more were given.
  func run(_ choices: [Int]) throws -> [(choice: Int, options: Int)] {
    for hand in hands { hand.start() }
    var taken: [(choice: Int, options: Int)] = []
    var polls = 0
    try settle()
    while hands.contains(where: { $0.state != .finished }) {
      let ready = hands.indices.filter { if case .before = hands[$0].state { true } else { false } }
      guard !ready.isEmpty else {
        if let poller = hands.first(where: { $0.state == .polling }), !hands.contains(where: { $0.state == .busy }) {
          // The other one has finished since it looked.
          polls += 1
          guard polls < 5 else { throw InVain(trace: trace, failures: hands.compactMap(\.failure)) }
          poller.goOn()
        } else {
          // Both wait in PostgreSQL, which ends one of them: a deadlock, and a fault.
          while hands.allSatisfy({ !$0.stands(within: 0.01) }) {}
        }
        try settle()
        continue
      }
      var choice = ready[0]
      if ready.count > 1 {
        let index = taken.count < choices.count ? choices[taken.count] : 0
        taken.append((index, ready.count))
        choice = ready[index]
      }
      if case .before(let step) = hands[choice].state { trace.append("\(choice + 1):\(step)") }
      hands[choice].goOn()
      try settle()
      // Whoever polls does so as soon as there may be something new: the earliest answer is the hardest to keep.
      let poller = hands[1 - choice]
      if poller.state == .polling {
        poller.goOn()
        try settle()
      }
    }
    return taken
  }

  /// One waits for what the other will not do any more.
  struct InVain: Error {
    let trace: [String]
    let failures: [String]
  }

  /// Waits until each hand stands before a step, has finished, or is seen to wait for a lock of the other, which stands.
  private func settle() throws {
    let begun = Date()
    while let hand = hands.first(where: { !$0.stands(within: 0) }) {
      guard Date().timeIntervalSince(begun) < 60 else {
        throw InVain(trace: trace, failures: hands.compactMap(\.failure))
      }
      let other = hands[hand === hands[0] ? 1 : 0]
      let otherStands = other.stands(within: 0)
      guard !hand.stands(within: 0.001), try stage.isBlocked(hand, by: other) else { continue }
      hand.hasWaited = true
      // Asked while the other one ran, it may just have let go.
      if otherStands { return }
      if !other.stands(within: 0.001), try stage.isBlocked(other, by: hand) { return }
    }
  }
}

/// A connection, and a thread that stops before every statement on it.
///
/// Unchecked: everything that both threads touch is behind the gate, or is touched by whichever of them runs while the
/// other one stands.
private final class Hand: @unchecked Sendable {
  enum State: Equatable { case before(String), polling, busy, finished }

  let database: Connection
  let backend: Int
  fileprivate private(set) var state = State.finished
  fileprivate(set) var hasWaited = false
  fileprivate private(set) var failure: String?
  fileprivate var noted: (String) -> Void = { _ in }
  /// Whether the next step is the last moment for a message to leave.
  var isLeaving = false
  private var isPolling = false
  /// Only statements that nobody else can tell the time of, since the last commit.
  private var isQuiet = true
  private let gate: NSCondition
  private var body: (Hand) throws -> Void = { _ in }

  /// Statements that read what never changes, or that only set what is local, or whose moment is another statement's.
  private static let quiet: Set<String> = ["find-campaign", "explain-change", "wake-messages"]
  /// Statements that lock nothing: there is nothing to see in the commit behind them.
  private static let reading: Set<String> = ["find-stuck-messages", "load-pause"]

  init(_ database: Connection, _ gate: NSCondition) throws {
    self.database = database
    self.gate = gate
    backend = try database.transaction { transaction in try transaction.one(LoadBackend()) }
    database.willRun = { [unowned self] in stop(before: $0) }
  }

  /// What it is to do in this order.
  func does(_ body: @escaping (Hand) throws -> Void) { self.body = body }

  fileprivate func start() {
    (state, failure, hasWaited, isPolling, isQuiet, isLeaving) = (.busy, nil, false, false, true, false)
    Thread.detachNewThread { [self] in
      do { try body(self) } catch {
        failure = "\((error as? DatabaseError)?.detail.prefix { $0 != "\n" } ?? "\(error)")"
      }
      become(.finished)
    }
  }

  /// Notes in the order's trace that something has happened.
  func note(_ what: String) { noted(what) }

  /// Waits, as `pause-campaign` does, until nothing of the campaign is out.
  func wait(for campaign: String, _ messages: [Int]) throws -> LoadPause.Row {
    defer { isPolling = false }
    while true {
      let now = try database.awaitInFlight(of: campaign, messages: messages, patience: 0) { _ in true }
      if now.out == 0 { return now }
      isPolling = true
    }
  }

  /// Stands until the other one has made a step.
  func waitForTheOther() { become(.polling) }

  private func stop(before statement: String) {
    guard !Hand.quiet.contains(statement) else { return }
    if statement == "commit" {
      defer { isQuiet = true }
      if isQuiet { return }
    } else if !Hand.reading.contains(statement) {
      isQuiet = false
    }
    become(isPolling ? .polling : .before(statement))
    if isLeaving {
      isLeaving = false
      note("leaves")
    }
  }

  /// Stands there, or ends; returns when it may go on.
  private func become(_ new: State) {
    gate.lock()
    defer { gate.unlock() }
    state = new
    gate.broadcast()
    while state != .busy && state != .finished { gate.wait() }
  }

  fileprivate func goOn() {
    gate.lock()
    defer { gate.unlock() }
    state = .busy
    gate.broadcast()
  }

  /// Whether it stands, or does so within some seconds.
  fileprivate func stands(within seconds: Double) -> Bool {
    gate.lock()
    defer { gate.unlock() }
    if state == .busy { _ = gate.wait(until: Date(timeIntervalSinceNow: seconds)) }
    return state != .busy
  }
}

/// Something that is handed to another thread and used by that one alone.
private struct Unchecked<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

// MARK: - What the test asks by itself

private struct LoadBackend: Statement {
  static let sql = SQLText("load-backend", Array("select pg_backend_pid() as id".utf8))
  static let columns = [Column("id", .int4)]
  static func read(_ row: inout RowReader) throws(DatabaseError) -> Int { try row.int() }
}

private struct IsBlocked: Statement {
  static let sql = SQLText("is-blocked", Array("select $2::int4 = any (pg_blocking_pids($1::int4)) as is".utf8))
  static let columns = [Column("is", .bool)]
  let parameters: [SQLValue]
  init(backend: Int, by other: Int) { parameters = [.int4(backend), .int4(other)] }
  static func read(_ row: inout RowReader) throws(DatabaseError) -> Bool { try row.bool() }
}

private struct LoadFacts: Statement {
  static let sql = SQLText(
    "load-facts",
    Array(
      """
      select 'message ' || m.id as name, concat_ws(' ', m.status, m.attempt, m.times_accepted) as state from messages m
      union all
      select 'campaign ' || c.name, concat_ws(' ', c.status, c.open_count,
        (select count(*) from campaign_events e where e.campaign_id = c.id and e.becomes = 'completed'))
      from campaigns c
      union all
      select 'batch ' || b.name, concat_ws(' ', coalesce(c.name, 'free'), jsonb_array_length(b.campaign_history), 0)
      from lead_batches b left join campaigns c on c.id = b.active_campaign_id
      union all
      select 'wrong counters ' || w.wrong, '' from (\(Workspace.wrongCounters)) w
      """.utf8))
  static let columns = [Column("name", .text), Column("state", .text)]
  static func read(_ row: inout RowReader) throws(DatabaseError) -> (name: String, state: String) {
    (try row.text(), try row.text())
  }
}
