import Campaign
import Email
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
  var held = 0
  var completed: [String] = []
  /// The campaigns that too many refusals have ended.
  var failedCampaigns: Set<String> = []
}

/// The sending part of a tick: one thread, one event loop. Claims and settlements go to the database as whole
/// transactions, one behind the other, while the connections to the mail servers go on (DESIGN §4).
///
/// What a message can be in here: claimed (`SenderRun.claimed`, never while the tick waits), with a transport (`inFlight`),
/// or ended and not yet recorded (`unsettled`, `late`, or with the database: whoever sent the settlement has it until the
/// answer). Nothing is thrown away from these before the database has answered.
final class Sending {
  /// So much before the dead-man timer the tick gives up by itself, in seconds.
  private static let margin = 0.2
  /// From so many messages on, a second settlement and a second claim may be with the database while it is at work on the
  /// first. A transaction costs it as much as twenty messages: with 256 connections one in reserve made a tick a tenth
  /// faster; with 16, where each had a few, it made it a third slower.
  private static let worthwhile = 64
  /// How many messages a claim looks at where a rule holds some back.
  private static let scan = 500
  /// How long the database may take for an answer, and how long to try to reach it again, in seconds.
  private static let patience = 30.0

  /// What has come of it so far, over both rounds of a tick.
  struct Progress {
    /// Another one than in the beginning, if that was lost.
    var database: Connection
    var tally = Tally()
    /// The senders that cannot send, why, and until when they rest.
    var troubles: [(sender: String, reason: String, until: String?)] = []
    /// The senders whose connections could not be opened, or that lack what they need: not for this tick.
    var stoppedSenders: Set<String> = []
  }

  private(set) var result: Progress
  var tally: Tally {
    get { result.tally }
    set { result.tally = newValue }
  }
  var database: Connection { result.database }
  private var stoppedSenders: Set<String> { result.stoppedSenders }

  let call: Call
  private let interrupt: Interrupt
  private let deadMan: DeadMan
  private let loop: TransportLoop
  private(set) var senders: [String: SenderRun] = [:]
  private var composer = Composer()

  private var inFlight: [Int: InFlight] = [:]
  /// Ended and not yet sent to the database; how many settlements were sent and not yet answered; answered with "the
  /// claim was gone".
  private var unsettled: [Settlement] = []
  private var settling = 0
  private var late: [Settlement] = []
  private var isSettlingLate = false
  /// Refusals of settlements since one was committed, since when they are refused, and connections lost since then.
  private var settlementRefusals = 0
  /// How many of `unsettled`, from the first on, are recorded one by one: a transaction of them was refused for good.
  private var alone = 0
  private var refusedSince = Double.infinity
  /// Before this instant (`Seconds.now`) what was refused is not tried again.
  private var settlesAgainAt = 0.0
  private var losses = 0
  private var isLoading = false
  /// Claims that were sent to a database that did not answer: nothing of them was handed over.
  private var lostClaims: Set<String> = []
  private var openClaims: Set<String> = []
  var isDatabaseLost = false
  private var transientRefusals = 0
  /// Why this tick ends with an error, once what is out has been settled.
  private var failure: Failure?
  private var cannotSettle = false
  /// Campaigns whose template cannot be used: not for this tick.
  private var brokenCampaigns: Set<String> = []

  /// The database's clock less ours, in seconds.
  private var clockAhead = 0.0
  /// When something becomes due that is not yet (`Seconds.now`): a slot for a receiving domain.
  private var nextLook = Double.infinity
  private var end = 0.0

  /// Whether anything happened since the work was loaded: if not, there is nothing to do here.
  private var hasMoved = true
  private var isDone = false
  private var lastAnswer = Seconds.now

  init(_ call: Call, _ before: Progress, interrupt: Interrupt, deadMan: DeadMan) throws(Failure) {
    self.call = call
    result = before
    self.interrupt = interrupt
    self.deadMan = deadMan
    guard let loop = TransportLoop() else { throw Failure(.tryAgain, "there is no memory for the transports") }
    self.loop = loop
  }

  /// Sends until nothing is due, the time has come (`Seconds.now`), or a signal asks to stop; then settles what is out.
  func run(until end: Double) throws {
    defer { for sender in senders.values { sender.transport.close() } }
    self.end = end
    while true {
      let isInterrupted = interrupt.isRaised
      let goesOn = Seconds.now < end && !isInterrupted && failure == nil && !isDatabaseLost
      if goesOn { loadWork() }
      for sender in senders.values {
        note(sender.transport.advance(), of: sender)
        // Only its claiming stops: what it has out goes on to its end.
        if let trouble = sender.transport.trouble { fail(sender, trouble) }
        // The time is over, and no connection has come about in it: the next tick would not say so either.
        if Seconds.now >= end, let missing = sender.transport.notOpened { fail(sender, missing.sentence) }
      }
      // First the settlement and then the claim, in this order in the pipeline: what a claim asks for are connections
      // whose last message the database has recorded by then, so a crash leaves at most one unknown for each.
      settle()
      settleLate()
      if goesOn { for sender in senders.values { claim(by: sender) } }
      // Last: while the mails are written the database has its next work already.
      for sender in senders.values { begin(by: sender) }
      armDeadMan()
      if inFlight.isEmpty {
        if isDatabaseLost {
          // What was lost last was a note: all that has happened is recorded, and nothing else was to be done.
          let isOver = isDone || isInterrupted || Seconds.now >= end
          if isSettled && isOver && lostClaims.isEmpty && failure == nil { return }
          try reconnect(isInterrupted)
          continue
        }
        if let failure, !database.isBusy, cannotSettle || isSettled { throw failure }
        if isSettled && !database.isBusy && (isDone || !goesOn) && lostClaims.isEmpty && !concludes() { return }
      }
      wait(goesOn)
      database.advance()
      watchDatabase()
    }
  }

  /// The database's clock, in seconds since 1970.
  var clock: Double { Seconds.now + clockAhead }

  /// Whether there is something left to record when nothing is left to send.
  private func concludes() -> Bool {
    guard !isDatabaseLost, failure == nil else { return false }
    if isDone {
      for sender in senders.values {
        for settlement in believe(sender.judge.drained(at: clock)) { record(settlement) }
      }
      if !unsettled.isEmpty { return true }
    }
    return noteEvidence()
  }

  private var isSettled: Bool { unsettled.isEmpty && settling == 0 && late.isEmpty }

  // MARK: - What is due

  /// Whether nothing is left of what was due before.
  private var isIdle: Bool {
    inFlight.isEmpty && isSettled && openClaims.isEmpty
      && senders.values.allSatisfy { $0.campaigns.isEmpty && $0.claimed.isEmpty }
  }

  /// Asks what is due whenever nothing is left of what was due before, or something else was to become due by now.
  private func loadWork() {
    guard !isLoading, !isDone else { return }
    if Seconds.now < nextLook {
      guard isIdle else { return }
      guard hasMoved else {
        // What is due cannot be claimed right now: a pause is under way, or others hold its leads. The next tick sees.
        if nextLook >= end { isDone = true }
        return
      }
    }
    isLoading = true
    nextLook = .infinity
    var batch = Batch()
    batch.add(WakeMessages(limit: 10_000))
    let work = batch.add(LoadWork())
    database.submit(batch) { [self] result in
      guard succeeded(result) else {
        isLoading = false
        return
      }
      let rows = work.values.filter {
        !stoppedSenders.contains($0.sender) && !brokenCampaigns.contains($0.campaign)
      }
      if rows.isEmpty { assign([]) } else { loadTemplates(for: rows) }
    }
  }

  private func loadTemplates(for rows: [LoadWork.Row]) {
    var batch = Batch()
    let templates = batch.add(LoadTemplates(campaigns: Set(rows.map(\.campaign)).sorted()))
    let held = batch.add(LoadHeldRefusals(senders: Set(rows.map(\.sender)).filter { senders[$0] == nil }))
    database.submit(batch) { [self] result in
      guard succeeded(result) else {
        isLoading = false
        return
      }
      composer.load(templates.values)
      assign(rows, held: held.values)
    }
  }

  private func assign(_ rows: [LoadWork.Row], held: [LoadHeldRefusals.Row] = []) {
    isLoading = false
    hasMoved = false
    if let row = rows.first { clockAhead = row.now - Seconds.now }
    for sender in senders.values { sender.due = 0 }
    for row in rows where !stoppedSenders.contains(row.sender) && !brokenCampaigns.contains(row.campaign) {
      assign(row, held: held.filter { $0.sender == row.sender })
    }
    isDone = isIdle && nextLook >= end
  }

  private func assign(_ work: LoadWork.Row, held: [LoadHeldRefusals.Row]) {
    if work.rule == "time_zone" {
      // A cap has no day then: nothing may leave, and it is nobody's failure.
      let zone = work.timeZone ?? ""
      return stop(work.sender, work.senderName, "its time zone \"\(zone)\" is not known to the database")
    }
    if senders[work.sender] == nil {
      do throws(Failure) {
        senders[work.sender] = try SenderRun(work, held: held, call: call, loop: loop)
      } catch {
        stop(work.sender, work.senderName, error.sentences.joined(separator: "; "))
      }
    }
    guard let sender = senders[work.sender] else { return }
    let ready = Seconds.now + work.wait
    guard work.due > 0 else {
      nextLook = min(nextLook, ready)
      return
    }
    sender.isPaced = work.isPaced
    sender.due += work.due
    // A rest of this tick may not be stored yet.
    if sender.trouble == nil || sender.readyAt <= Seconds.now {
      if sender.trouble == nil && work.trouble != nil { sender.restedAt = Seconds.now }
      (sender.readyAt, sender.trouble) = (ready, work.trouble)
    } else {
      sender.readyAt = max(ready, sender.readyAt)
    }
    // What has to wait for longer than we may is the next tick's.
    if ready >= end, work.rule == "provider" { noteTrouble(sender.name, work.trouble ?? "", until: work.restsUntil) }
    guard ready < end, !sender.campaigns.contains(where: { $0.campaign == work.campaign }) else { return }
    sender.campaigns.append(work)
  }

  /// A sender that cannot send is nobody's failure: it stops, and its campaigns say so.
  private func stop(_ id: String, _ name: String, _ reason: String) {
    guard result.stoppedSenders.insert(id).inserted else { return }
    noteTrouble(name, reason, until: nil)
    call.log.warning("sender stopped", metadata: ["sender": "\(name)", "reason": "\(reason)"])
    setTrouble(id, reason)
    senders[id]?.campaigns = []
  }

  /// Its connections cannot be opened. It has cost nobody anything: the next tick tries once more, and then it rests
  /// for longer and longer, so that a wrong password is not a hundred logins an hour.
  private func fail(_ sender: SenderRun, _ reason: String) {
    guard result.stoppedSenders.insert(sender.id).inserted else { return }
    sender.campaigns = []
    let (stage, reply) = sender.transport.troubleAt ?? (.connect, nil)
    // Where the server says when it is over, that long; otherwise a login is tried less and less often, for up to an hour.
    let until = reply?.reading(at: stage).until.map { min($0, 86_400) }
    rest(
      sender,
      Judge.Rest(
        reason, base: until ?? 60, cap: max(until ?? 0, stage == .auth ? 3600 : 900), isFirstFree: until == nil,
        isNew: sender.judge.isNewRest(for: "connection")))
  }

  func noteTrouble(_ sender: String, _ reason: String, until: String?) {
    forgetTrouble(sender)
    result.troubles.append((sender, reason, until))
  }

  func forgetTrouble(_ sender: String) { result.troubles.removeAll { $0.sender == sender } }

  /// Why a sender cannot send, or that it can again.
  func setTrouble(_ sender: String, _ reason: String?) {
    var batch = Batch()
    batch.add(SetSenderTrouble(sender: sender, trouble: reason))
    database.submit(batch) { [self] result in
      // A note for people: it must not cost what is out its settlement.
      if case .failure(let error) = result {
        call.log.warning("why the sender stopped could not be noted: \(error.sentence)")
        if error.kind == .connection { isDatabaseLost = true }
      }
    }
  }

  // MARK: - Claim

  /// Claims messages for idle open connections of the sender, of the campaign whose turn it is.
  private func claim(by sender: SenderRun) {
    guard let work = sender.campaigns.first, !stoppedSenders.contains(sender.id) else { return }
    // In trouble it has one message out at most, and what becomes of that says how to go on.
    guard sender.trouble == nil || sender.transport.busy == 0 && sender.claims == 0 else { return }
    // While a settlement is refused nothing new goes out: it would be a second message on a connection whose first is
    // not recorded.
    guard settlementRefusals == 0, unsettled.isEmpty, !isDatabaseLost, Seconds.now >= sender.readyAt else { return }
    // What is claimed, or may be by a claim that was not answered yet, has a connection that seems idle still.
    let taken = sender.claimed.count + sender.asked
    let busy = sender.transport.busy + taken
    sender.transport.open(sender.isPaced || sender.trouble != nil ? busy + 1 : max(1, sender.due))
    let idle = sender.transport.idle - taken
    guard idle > 0 else { return }
    // Two, where a third of the connections is a claim that is worth it: one waits at the database, one is at work
    // there, and the last third sends. Where a rule counts or holds back, the answer to one says what to ask for next.
    let isWorthTwo = (idle + busy) / 3 >= Sending.worthwhile && !sender.isPaced && sender.scan == 0 && !sender.hasSkips
    guard sender.claims < (isWorthTwo ? 2 : 1) else { return }
    // Half of the connections at most: the others have something to send while the database is at work.
    let limit = min(idle, (idle + busy + 1) / 2)
    sender.claims += 1
    if sender.claims > 1 { call.log.debug("two claims under way") }
    sender.asked += limit
    let id = newClaimID()
    openClaims.insert(id)
    // From before the claim is sent, and with the lease that the claim is told: the database's deadline is later.
    let deadline = bootTime() + work.lease
    let (scan, after) = (sender.scan, sender.places[work.campaign])
    let claim = Batch.claim(
      id, campaign: work.campaign, barrier: work.barrier, sender: sender.id, lease: work.lease, limit: limit,
      scan: scan, after: after)
    database.submit(claim.batch) { [self] result in
      sender.claims -= 1
      sender.asked -= limit
      openClaims.remove(id)
      guard succeeded(result) else {
        // Whether it was committed is not known, so it is not sent: it is given back by its id, or recovered.
        if case .failure(let error) = result, error.kind == .connection { lostClaims.insert(id) }
        return
      }
      guard let look = claim.leads.values.first else { return drop(work.campaign) }
      // Another tick may have found it out meanwhile.
      if look.probes {
        let words = sender.trouble ?? "it could not send a moment ago"
        // What is out since before says nothing of the rest that another tick has found it needs.
        if sender.trouble == nil { sender.restedAt = Seconds.now }
        sender.trouble = words
        // Its probe is out, by another tick.
        if look.slots == 0 { noteTrouble(sender.name, words, until: nil) }
      }
      if let wait = look.wait { return pause(sender, wait) }
      let isFree = claim.barrier.values.first?.granted == true
      let messages = claim.messages.values
      let isWhole = look.picked >= max(look.slots, scan)
      // At the end it looks once more from the beginning: what was given back or deferred is due there.
      let wasBehind = after != nil
      // Of many that were looked at for a rule only some were claimed: the others are still there, and those that the rule
      // holds back are not.
      if !isWhole {
        sender.places[work.campaign] = nil
      } else if scan <= look.slots {
        sender.places[work.campaign] = Place(look, behind: after)
      }
      let hasMore = isFree && look.slots > 0 && (isWhole && !messages.isEmpty || wasBehind)
      sender.scan = messages.contains { $0.heldBy != nil } ? Sending.scan : 0
      sender.hasSkips = messages.contains { $0.skipReason != nil }
      rotate(sender, past: work, isExhausted: !hasMore)
      for message in messages { take(message, claim: id, by: sender, deadline: deadline) }
    }
  }

  /// The next campaign gets the next turn; one that had fewer messages than asked for is done for now.
  private func rotate(_ sender: SenderRun, past work: LoadWork.Row, isExhausted: Bool) {
    guard sender.campaigns.contains(where: { $0.campaign == work.campaign }) else { return }
    sender.campaigns.removeAll { $0.campaign == work.campaign }
    if !isExhausted { sender.campaigns.append(work) }
    // What other senders have left to do must not keep this one from what becomes due meanwhile.
    if sender.campaigns.isEmpty && !isIdle { nextLook = min(nextLook, Seconds.now + 1) }
  }

  /// The sender's pace has no slot for so many seconds, or it rests.
  func pause(_ sender: SenderRun, _ seconds: Double) {
    sender.readyAt = Seconds.now + seconds
    if sender.readyAt >= end { sender.campaigns = [] }
  }

  private func take(_ claimed: ClaimMessages.Row, claim: String, by sender: SenderRun, deadline: Double) {
    hasMoved = true
    if claimed.heldBy != nil {
      tally.held += 1
    } else if let reason = claimed.skipReason {
      unsettled.append(Settlement(message: claimed.id, claim: nil, verdict: .skipped(reason)))
    } else {
      tally.claimed += 1
      sender.claimed.append(Claimed(message: claimed, claim: claim, deadline: deadline))
    }
  }

  /// Hands over what was claimed, on as many idle connections.
  private func begin(by sender: SenderRun) {
    let claimed = sender.claimed
    guard !claimed.isEmpty else { return }
    sender.claimed = []
    // Before a byte of them can be written. What is late already is given back below; a timer for it would go off here.
    let now = bootTime()
    armDeadMan(claimed.map { $0.deadline - Sending.margin }.filter { $0 > now }.min() ?? .infinity)
    for next in claimed { begin(next, by: sender) }
  }

  private func begin(_ next: Claimed, by sender: SenderRun) {
    let claimed = next.message
    let outcome: Outcome
    do throws(Failure) {
      let message = try composer.mail(for: claimed, from: sender.from)
      let mail = OutgoingMail(message: claimed.id, to: message.to, bytes: message.encoded())
      let limit = next.deadline - Sending.margin
      if stoppedSenders.contains(sender.id) {
        outcome = .returned("the sender was stopped")
      } else if sender.readyAt == .infinity || sender.trouble != nil && sender.readyAt > Seconds.now {
        outcome = .returned("the sender rests")
      } else if bootTime() >= limit {
        outcome = .returned("the claim was answered too late")
      } else if settlementRefusals > 0 {
        // It would be the second message on a connection whose first is not recorded.
        outcome = .returned("the settlement before it was refused")
      } else if sender.transport.begin(mail, deadline: limit) {
        inFlight[claimed.id] = InFlight(claim: next.claim, to: message.to, begun: Seconds.now)
        sender.judge.began(claimed.id, at: clock)
        return
      } else {
        // A connection was lost between the claim and its answer.
        outcome = .returned("no connection was free")
      }
    } catch {
      let reason = error.sentences.joined(separator: "; ")
      if error.exit == .configuration {
        // Our document is wrong, not the lead: nobody may pay for it with an attempt.
        call.log.error("\(reason)", metadata: ["campaign": "\(claimed.campaignName)"])
        brokenCampaigns.insert(claimed.campaign)
        drop(claimed.campaign)
        outcome = .returned(reason)
      } else {
        outcome = .refused(reason)
      }
    }
    unsettled.append(Settlement(message: claimed.id, claim: next.claim, verdict: .outcome(outcome)))
  }

  // MARK: - Settle

  private func note(_ attempts: [Attempt], of sender: SenderRun) {
    for attempt in attempts {
      guard let mail = inFlight.removeValue(forKey: attempt.message) else { continue }
      for settlement in judge(attempt, mail, of: sender) { record(settlement) }
    }
  }

  /// To be settled next. What is believed of a message before that it is held was recorded, is recorded instead: one
  /// settlement says one thing of a message.
  private func record(_ settlement: Settlement) {
    guard settlement.claim == nil, let at = unsettled.firstIndex(where: { $0.message == settlement.message }) else {
      unsettled.append(settlement)
      return
    }
    unsettled[at] = Settlement(
      message: settlement.message, claim: unsettled[at].claim, verdict: settlement.verdict, about: settlement.about)
  }

  /// Whether a known outcome is given up: not while the budget lasts, and not before a lease has passed since. Past its
  /// deadline nothing can be sent twice by waiting, and what is not recorded becomes `unknown`.
  private var isPatienceOver: Bool {
    let lease = senders.values.map(\.lease).max() ?? 0
    return Seconds.now > max(end, refusedSince) + lease
  }

  /// What was refused is tried again soon, and less often the longer it takes.
  private func noteRefusal() {
    refusedSince = min(refusedSince, Seconds.now)
    settlesAgainAt = Seconds.now + min(1, 0.05 * Double(1 << min(5, settlementRefusals)))
  }

  /// Whether something has ended that can be recorded now.
  ///
  /// What ends while the database is at work is settled together, and one transaction for ten messages costs the database
  /// little more than for one. What is refused is tried again alone: behind it nothing is sent.
  private var canSettle: Bool {
    guard !isDatabaseLost, !cannotSettle, !unsettled.isEmpty, Seconds.now >= settlesAgainAt else { return false }
    return settling == 0 || settling == 1 && settlementRefusals == 0 && unsettled.count >= Sending.worthwhile
  }

  /// What is recorded next: all that has ended, or one by one what was refused together. What is believed of a message that
  /// is being held in the same breath comes behind that, in a transaction of its own.
  private func nextSettlements() -> [Settlement] {
    var next = alone > 0 ? Array(unsettled.prefix(1)) : unsettled
    var later = alone > 0 ? Array(unsettled.dropFirst()) : []
    if next.contains(where: { $0.claim == nil }) {
      let claimed = Set(next.lazy.filter { $0.claim != nil }.map(\.message))
      later = next.filter { $0.claim == nil && claimed.contains($0.message) } + later
      next.removeAll { $0.claim == nil && claimed.contains($0.message) }
    }
    unsettled = later
    return next
  }

  /// Records what has ended, all of it at once, while the next messages go out.
  private func settle() {
    guard canSettle else { return }
    let settlements = nextSettlements()
    // Whether all that was refused is in it; what was sent along with it is not.
    let isRetry = settlementRefusals > 0
    settling += 1
    if settling > 1 { call.log.debug("two settlements under way") }
    let (batch, rows) = Batch.settle(settlements)
    database.submit(batch) { [self] result in
      settling -= 1
      guard succeeded(result, isOutcome: true) else {
        unsettled = settlements + unsettled
        settlementRefusals += 1
        noteRefusal()
        guard case .failure(let error) = result, error.kind != .connection else { return }
        if error.sqlState?.isTransient == true {
          if isPatienceOver { cannotSettle = true }
          if cannotSettle { failure = failure ?? Failure(error) }
        } else if settlements.count > 1 {
          // One of them cannot be recorded; it must not cost the others what is known of them.
          alone = settlements.count
        } else {
          // This one: nobody can record it. It becomes unknown.
          call.log.error("an outcome could not be recorded", metadata: ["message": "\(settlements[0].message)"])
          unsettled.removeFirst()
          alone = max(0, alone - 1)
          failure = failure ?? Failure(error)
        }
        return
      }
      alone = max(0, alone - settlements.count)
      if isRetry { (settlementRefusals, refusedSince) = (0, .infinity) }
      losses = 0
      hasMoved = true
      var moved = Dictionary(rows.values.map { ($0.id, $0) }) { first, _ in first }
      for settlement in settlements {
        // Once: two claims may both have found that a message must be skipped.
        guard let row = moved.removeValue(forKey: settlement.message) else {
          // It had lost its claim: what is known of it is evidence; of a skip, which another tick made, nothing is.
          if Batch.settleLate(settlement) != nil { late.append(settlement) }
          continue
        }
        count(row.becomes, settlement)
        if row.campaignStatus != "running" { drop(row.campaign) }
        if row.campaignStatus == "failed", tally.failedCampaigns.insert(row.campaignName).inserted {
          call.log.warning("campaign failed", metadata: ["campaign": "\(row.campaignName)"])
        }
      }
      for row in rows.values where row.hasCompleted { complete(row.campaignName) }
    }
  }

  private var canSettleLate: Bool {
    !isDatabaseLost && !cannotSettle && !isSettlingLate && !late.isEmpty && Seconds.now >= settlesAgainAt
  }

  /// Records evidence, one piece at a time; it is kept until the database has answered.
  private func settleLate() {
    guard canSettleLate, let settlement = late.first,
      let (batch, rows) = Batch.settleLate(settlement)
    else { return }
    isSettlingLate = true
    call.log.warning("a settlement came late", metadata: ["message": "\(settlement.message)"])
    database.submit(batch) { [self] result in
      isSettlingLate = false
      guard succeeded(result, isOutcome: true) else {
        noteRefusal()
        guard case .failure(let error) = result, error.kind != .connection else { return }
        if error.sqlState?.isTransient != true || isPatienceOver {
          cannotSettle = true
          failure = failure ?? Failure(error)
        }
        return
      }
      if settlementRefusals == 0 { refusedSince = .infinity }
      late.removeFirst()
      for row in rows.values {
        count(row.becomes, settlement)
        if row.hasCompleted { complete(row.campaignName) }
      }
    }
  }

  private func complete(_ campaign: String) {
    if !tally.completed.contains(campaign) { tally.completed.append(campaign) }
  }

  private func count(_ becomes: String, _ settlement: Settlement) {
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
    case (_, .outcome(.held)): tally.held += 1
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
  ///
  /// - Parameter isOutcome: it was to record outcomes, which are not given up because the database has had enough.
  func succeeded(_ result: Result<Void, DatabaseError>, isOutcome: Bool = false) -> Bool {
    lastAnswer = Seconds.now
    switch result {
    case .success:
      transientRefusals = 0
      return true
    case .failure(let error):
      call.log.debug("\(error.detail)")
      if error.kind == .connection {
        isDatabaseLost = true
      } else if error.sqlState?.isTransient == true, isOutcome || transientRefusals < 20 {
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
  ///
  /// Asked to stop, it still tries for a while when there is something to record.
  private func reconnect(_ isInterrupted: Bool) throws {
    losses += 1
    let patience = isInterrupted ? min(5, Sending.patience) : Sending.patience
    let begun = Seconds.now
    while true {
      do {
        result.database = try call.database()
        tally.returned += try giveBackLostClaims()
        break
      } catch let error as DatabaseError where error.kind == .connection || error.sqlState?.isTransient == true {
        let isWorthIt = Seconds.now - begun < patience && losses < 20 && !(isInterrupted && isSettled)
        guard isWorthIt else { throw error }
        loop.rest(seconds: 0.3)
      }
    }
    call.log.warning("connected to the database again")
    isDatabaseLost = false
    lastAnswer = Seconds.now
    (settlementRefusals, refusedSince) = (0, .infinity)
    lostClaims = []
    hasMoved = true
  }

  /// Nothing of these was handed over. Answers how many messages it were.
  private func giveBackLostClaims() throws -> Int {
    guard !lostClaims.isEmpty else { return 0 }
    let claims = Array(lostClaims)
    return try database.transaction { transaction in
      let rows = try transaction.run(FindClaimedMessages(claims: claims))
      guard !rows.isEmpty else { return 0 }
      let settlements = rows.map {
        Settlement(message: $0.id, claim: $0.claim, verdict: .outcome(.returned("the claim was not answered")))
      }
      return try transaction.run(SettleMessages(settlements)).count
    }
  }

  // MARK: - Waiting

  /// - Parameter next: the deadline of what is handed over next.
  private func armDeadMan(_ next: Double = .infinity) {
    let earliest = senders.values.map(\.transport.earliestDeadline).min() ?? .infinity
    deadMan.arm(min(earliest, next) + Sending.margin)
  }

  /// Waits for something to happen: a reply, an answer of the database, the end of a time.
  ///
  /// - Parameter goesOn: whether new messages are claimed still; otherwise only what is out is waited for.
  private func wait(_ goesOn: Bool) {
    var interests = [TransportLoop.Interest(interrupt.descriptor)]
    if !isDatabaseLost { interests.append(TransportLoop.Interest(database.socket, write: database.wantsWrite)) }
    var seconds = goesOn ? max(0, end - Seconds.now) : .infinity
    if database.isBusy { seconds = min(seconds, 1) }
    if transientRefusals > 0 && goesOn { seconds = min(seconds, 0.05) }
    if settlesAgainAt > Seconds.now { seconds = min(seconds, settlesAgainAt - Seconds.now) }
    // Claimed and not handed over after all, or the time has come meanwhile to try again.
    if canSettle || canSettleLate { seconds = 0 }
    let now = bootTime()
    if goesOn && !isLoading && nextLook < end { seconds = min(seconds, max(0, nextLook - Seconds.now)) }
    for sender in senders.values {
      // With messages of its own out it is looked at again anyway, when one of them ends.
      if goesOn, !sender.campaigns.isEmpty, sender.readyAt > Seconds.now {
        seconds = min(seconds, sender.readyAt - Seconds.now)
      }
      seconds = min(seconds, max(0, sender.transport.earliestLimit - now))
    }
    loop.wait(interests, seconds: seconds)
  }
}
