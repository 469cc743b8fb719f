import Campaign
import Function
import Ledger
import Logging
import Postgres
import Steps
import Transport

/// What a tick has done so far.
struct Tally {
  var claimed = 0
  var sent = 0
  var deferred = 0
  var failed = 0
  var skipped = 0
  var unknown = 0
  var returned = 0
  var completed: [String] = []
}

/// The sending part of a tick: one thread, one event loop. Claims and settlements go to the database as whole
/// transactions, one behind the other, while the connections to the mail servers go on (DESIGN §4).
///
/// What a message can be in here: claimed and with a transport (`inFlight`), or ended and not yet recorded
/// (`unsettled`). Nothing is thrown away from either before the database has answered.
final class Sending {
  /// So much before the dead-man timer the tick gives up by itself, in seconds.
  private static let margin = 0.2
  /// How long the database may take for an answer, and how long to try to reach it again, in seconds.
  private static let patience = 30.0

  private(set) var tally = Tally()
  /// The senders that cannot send, and why.
  private(set) var troubles: [(sender: String, reason: String)] = []

  private let call: Call
  private var database: Connection
  private let interrupt: Interrupt
  private let deadMan: DeadMan
  private let loop: TransportLoop
  private var senders: [String: SenderRun] = [:]
  private var stoppedSenders: Set<String> = []
  private var composer = Composer([])

  private var inFlight: [Int: String] = [:]
  private var unsettled: [Int: Settlement] = [:]
  private var isSettling = false
  private var isLoading = false
  /// Claims that were sent to a database that did not answer: nothing of them was handed over.
  private var lostClaims: Set<String> = []
  private var openClaims: Set<String> = []
  private var isDatabaseLost = false
  private var transientRefusals = 0
  private var failure: Failure?

  /// Whether anything happened since the work was loaded: if not, there is nothing to do here.
  private var hasMoved = true
  private var isDone = false
  private var lastAnswer = Seconds.now

  init(_ call: Call, database: Connection, interrupt: Interrupt, deadMan: DeadMan) throws(Failure) {
    self.call = call
    self.database = database
    self.interrupt = interrupt
    self.deadMan = deadMan
    guard let loop = TransportLoop() else { throw Failure(.tryAgain, "there is no memory for the transports") }
    self.loop = loop
  }

  /// Sends until nothing is due, the time has come (`Seconds.now`), or a signal asks to stop; then settles what is out.
  func run(until end: Double) throws {
    defer { for sender in senders.values { sender.transport.close() } }
    while true {
      let goesOn = Seconds.now < end && !interrupt.isRaised && failure == nil && !isDatabaseLost
      if goesOn { loadWork() }
      for sender in senders.values {
        if goesOn { claim(by: sender) }
        note(sender.transport.advance())
        // Only its claiming stops: what it has out goes on to its end.
        if let trouble = sender.transport.trouble { stop(sender.id, sender.name, trouble) }
      }
      settle()
      armDeadMan()
      if inFlight.isEmpty {
        if isDatabaseLost {
          try reconnect()
          continue
        }
        if let failure, !database.isBusy { throw failure }
        if unsettled.isEmpty && !database.isBusy && (isDone || !goesOn) && lostClaims.isEmpty { return }
      }
      wait(goesOn ? end : .infinity)
      database.advance()
      watchDatabase()
    }
  }

  // MARK: - What is due

  /// Asks what is due whenever nothing is left of what was due before.
  private func loadWork() {
    guard !isLoading, !isDone, inFlight.isEmpty, unsettled.isEmpty, openClaims.isEmpty,
      senders.values.allSatisfy({ $0.campaigns.isEmpty })
    else { return }
    guard hasMoved else {
      // What is due cannot be claimed right now: a pause is under way, or others hold its leads. The next tick sees.
      isDone = true
      return
    }
    isLoading = true
    var batch = Batch()
    let work = batch.add(LoadWork())
    let templates = batch.add(LoadTemplates())
    database.submit(batch) { [self] result in
      isLoading = false
      guard succeeded(result) else { return }
      let rows = work.values.filter { !stoppedSenders.contains($0.sender) }
      isDone = rows.isEmpty
      hasMoved = false
      composer = Composer(templates.values)
      for sender in senders.values { sender.due = 0 }
      for row in rows { assign(row) }
    }
  }

  private func assign(_ work: LoadWork.Row) {
    if senders[work.sender] == nil {
      do throws(Failure) {
        senders[work.sender] = try SenderRun(work, call: call, loop: loop)
      } catch {
        stop(work.sender, work.senderName, error.sentences.joined(separator: "; "))
      }
    }
    guard let sender = senders[work.sender] else { return }
    sender.campaigns.append(work)
    sender.due += work.due
  }

  /// A sender that cannot send is nobody's failure: it stops, and its campaigns say so.
  private func stop(_ id: String, _ name: String, _ reason: String) {
    guard stoppedSenders.insert(id).inserted else { return }
    troubles.append((name, reason))
    call.log.warning("sender stopped", metadata: ["sender": "\(name)", "reason": "\(reason)"])
    setTrouble(id, reason)
    senders[id]?.campaigns = []
  }

  private func setTrouble(_ sender: String, _ reason: String?) {
    var batch = Batch()
    batch.add(SetSenderTrouble(sender: sender, trouble: reason))
    database.submit(batch) { [self] result in _ = succeeded(result) }
  }

  // MARK: - Claim

  /// Claims as many messages as the sender has idle open connections, of the campaign whose turn it is.
  private func claim(by sender: SenderRun) {
    guard let work = sender.campaigns.first, !sender.isClaiming else { return }
    sender.transport.open(sender.due)
    let idle = sender.transport.idle
    guard idle > 0 else { return }
    if sender.hasTrouble {
      sender.hasTrouble = false
      setTrouble(sender.id, nil)
    }
    sender.isClaiming = true
    let id = newClaimID()
    openClaims.insert(id)
    // From before the claim is sent: the database's deadline is later than this one.
    let deadline = bootTime() + sender.lease
    let (batch, barrier, messages) = Batch.claim(
      id, campaign: work.campaign, barrier: work.barrier, sender: sender.id, limit: idle)
    database.submit(batch) { [self] result in
      sender.isClaiming = false
      openClaims.remove(id)
      guard succeeded(result) else {
        // Whether it was committed is not known, so it is not sent: it is given back by its id, or recovered.
        if case .failure(let error) = result, error.kind == .connection { lostClaims.insert(id) }
        return
      }
      let isFree = barrier.values.first?.granted == true
      rotate(sender, past: work, isExhausted: !isFree || messages.values.count < idle)
      for message in messages.values { begin(message, claim: id, by: sender, deadline: deadline) }
    }
  }

  /// The next campaign gets the next turn; one that had fewer messages than asked for is done for now.
  private func rotate(_ sender: SenderRun, past work: LoadWork.Row, isExhausted: Bool) {
    sender.campaigns.removeAll { $0.campaign == work.campaign }
    if !isExhausted { sender.campaigns.append(work) }
  }

  private func begin(_ claimed: ClaimMessages.Row, claim: String, by sender: SenderRun, deadline: Double) {
    hasMoved = true
    if let reason = claimed.skipReason {
      unsettled[claimed.id] = Settlement(message: claimed.id, claim: nil, verdict: .skipped(reason))
      return
    }
    tally.claimed += 1
    let outcome: Outcome
    do throws(Failure) {
      let message = try composer.mail(for: claimed, from: sender.from)
      let mail = OutgoingMail(message: claimed.id, to: message.to, bytes: message.encoded())
      if sender.transport.begin(mail, deadline: deadline - Sending.margin) {
        inFlight[claimed.id] = claim
        return
      }
      // A connection was lost between the claim and its answer.
      outcome = .returned("no connection was free")
    } catch {
      outcome = .refused(error.sentences.joined(separator: "; "))
    }
    unsettled[claimed.id] = Settlement(message: claimed.id, claim: claim, verdict: .outcome(outcome))
  }

  // MARK: - Settle

  private func note(_ attempts: [Attempt]) {
    for attempt in attempts {
      guard let claim = inFlight.removeValue(forKey: attempt.message) else { continue }
      unsettled[attempt.message] = Settlement(
        message: attempt.message, claim: claim, verdict: .outcome(attempt.outcome))
    }
  }

  /// Records what has ended, all of it at once, while the next messages go out.
  private func settle() {
    guard !isSettling, !isDatabaseLost, failure == nil, !unsettled.isEmpty else { return }
    isSettling = true
    let settlements = Array(unsettled.values)
    let (batch, rows) = Batch.settle(settlements)
    database.submit(batch) { [self] result in
      isSettling = false
      guard succeeded(result) else { return }
      hasMoved = true
      for row in rows.values {
        guard let settlement = unsettled.removeValue(forKey: row.id) else { continue }
        count(row.becomes, settlement, row.campaignName)
        if row.hasCompleted, !tally.completed.contains(row.campaignName) { tally.completed.append(row.campaignName) }
        if row.campaignStatus != "running" { drop(row.campaign) }
      }
      // What was not moved had lost its claim: what is known of it is evidence.
      for settlement in settlements where unsettled.removeValue(forKey: settlement.message) != nil {
        settleLate(settlement)
      }
    }
  }

  private func settleLate(_ settlement: Settlement) {
    guard let (batch, rows) = Batch.settleLate(settlement) else { return }
    call.log.warning("a settlement came late", metadata: ["message": "\(settlement.message)"])
    database.submit(batch) { [self] result in
      guard succeeded(result) else { return }
      for row in rows.values where row.hasCompleted { tally.completed.append(row.campaignName) }
    }
  }

  private func count(_ becomes: String, _ settlement: Settlement, _ campaign: String) {
    var reason = ""
    switch settlement.verdict {
    case .skipped(let why): reason = why
    case .outcome(let outcome): reason = outcome.reason ?? ""
    }
    switch (becomes, settlement.verdict) {
    case ("sent", _): tally.sent += 1
    case ("failed", _): tally.failed += 1
    case ("skipped", _): tally.skipped += 1
    case ("unknown", _), ("pending", .outcome(.unknown)): tally.unknown += 1
    case (_, .outcome(.deferred)): tally.deferred += 1
    default: tally.returned += 1
    }
    // A reply often repeats the recipient's address, which has no place above debug level.
    call.log.debug(
      "settled", metadata: ["message": "\(settlement.message)", "state": "\(becomes)", "reason": "\(reason)"])
  }

  /// A campaign that is no longer running is not claimed from any more.
  private func drop(_ campaign: String) {
    for sender in senders.values { sender.campaigns.removeAll { $0.campaign == campaign } }
  }

  // MARK: - The database's troubles

  /// Whether a transaction was committed; if not, what that means for the rest of the tick.
  private func succeeded(_ result: Result<Void, DatabaseError>) -> Bool {
    lastAnswer = Seconds.now
    switch result {
    case .success:
      transientRefusals = 0
      return true
    case .failure(let error):
      call.log.debug("\(error.detail)")
      if error.kind == .connection {
        isDatabaseLost = true
      } else if error.sqlState?.isTransient == true, transientRefusals < 20 {
        // A deadlock, a lock that was not granted in time: rolled back for sure, and tried again.
        transientRefusals += 1
        call.log.warning("\(error.sentence); trying again")
      } else {
        failure = failure ?? Failure(error)
      }
      return false
    }
  }

  /// A database that does not answer is as good as one that went away.
  private func watchDatabase() {
    guard database.isBusy else {
      lastAnswer = Seconds.now
      return
    }
    if Seconds.now - lastAnswer > Sending.patience { database.abandon() }
  }

  /// Nothing is with a transport: connects again, gives back what was claimed without an answer, and goes on.
  private func reconnect() throws {
    let begun = Seconds.now
    while true {
      do {
        database = try call.database()
        break
      } catch let error as DatabaseError where error.kind == .connection || error.sqlState?.isTransient == true {
        guard Seconds.now - begun < Sending.patience, !interrupt.isRaised else { throw error }
        loop.wait([TransportLoop.Interest(interrupt.descriptor)], seconds: 0.5)
      }
    }
    call.log.warning("connected to the database again")
    isDatabaseLost = false
    lastAnswer = Seconds.now
    guard !lostClaims.isEmpty else { return }
    let claims = Array(lostClaims)
    let returned = try database.transaction { transaction in
      let rows = try transaction.run(FindClaimedMessages(claims: claims))
      guard !rows.isEmpty else { return 0 }
      try transaction.run(LockForSettlement(messages: rows.map(\.id)))
      let settlements = rows.map {
        Settlement(message: $0.id, claim: $0.claim, verdict: .outcome(.returned("the claim was not answered")))
      }
      return try transaction.run(SettleMessages(settlements)).count
    }
    tally.returned += returned
    lostClaims = []
    hasMoved = true
  }

  // MARK: - Waiting

  private func armDeadMan() {
    let earliest = senders.values.map(\.transport.earliestDeadline).min() ?? .infinity
    deadMan.arm(earliest + Sending.margin)
  }

  private func wait(_ end: Double) {
    var interests = [TransportLoop.Interest(interrupt.descriptor)]
    if !isDatabaseLost { interests.append(TransportLoop.Interest(database.socket, write: database.wantsWrite)) }
    var seconds = max(0, end - Seconds.now)
    if database.isBusy { seconds = min(seconds, 1) }
    if transientRefusals > 0 { seconds = min(seconds, 0.05) }
    let now = bootTime()
    for sender in senders.values {
      interests += sender.transport.interests
      seconds = min(seconds, max(0, sender.transport.earliestLimit - now))
    }
    loop.wait(interests, seconds: seconds)
  }
}
