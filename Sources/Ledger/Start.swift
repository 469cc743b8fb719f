import Function
import Postgres
import Steps

/// What became of a start.
public enum Start: Sendable {
  /// Its ledger was written, and it runs.
  case started(leads: Int, messages: Int, skipped: Int)
  /// It waits for its start time; its batches are taken.
  case scheduled(at: String)
  /// It was paused after its start, and goes on.
  case resumed(leads: Int)
  /// It runs already; nothing was changed.
  case running(leads: Int)
  /// Somebody has started, paused or cancelled it meanwhile; nothing was changed.
  case overtaken(status: String)
}

/// What became of a start whose time has come.
package enum DueStart: Sendable {
  /// It runs.
  case started
  /// It could not be started; why.
  case failed(String)
  /// Somebody has started, paused or cancelled it meanwhile.
  case overtaken
}

extension Connection {
  /// Starts a campaign, in one transaction behind its barrier: takes its batches, writes its whole ledger, and lets it
  /// run; or schedules it, where its start time is ahead and a person asks. One that is paused is resumed instead: what
  /// was scheduled when it was paused is scheduled again.
  ///
  /// - Parameter isDue: what a tick asks: only a campaign that is scheduled, and whose time has come.
  /// - Throws: `.data` when it cannot be started; nothing is changed then.
  public func start(_ name: String, actor: String?, reason: String?, whereDue isDue: Bool = false) throws -> Start {
    let start = try change(name, actor: actor, reason: reason) { campaign, transaction -> Start in
      switch (campaign.status, campaign.hasStarted) {
      case _ where isDue && (campaign.status != "scheduled" || campaign.startsLater):
        return .overtaken(status: campaign.status)
      case ("running", _): return .running(leads: campaign.leads)
      case ("paused", true):
        try transaction.run(MarkResumed(campaign: campaign.id))
        return .resumed(leads: campaign.leads)
      case ("paused", false):
        try transaction.run(MarkResumed(campaign: campaign.id))
        return .scheduled(at: campaign.startAt ?? "")
      case ("draft", _), ("scheduled", _): break
      default:
        throw Failure(.data, "the campaign \"\(name)\" is \(campaign.status); it cannot be started")
      }
      try transaction.run(WorkWithoutLimit())
      try transaction.run(GoByKeys())
      try transaction.takeBatches(of: campaign.id)
      try checkVariables(campaign.id, transaction)
      if campaign.status == "draft", campaign.startsLater {
        try transaction.run(MarkScheduled(campaign: campaign.id))
        return .scheduled(at: campaign.startAt ?? "")
      }

      try transaction.run(WritePlan(campaign: campaign.id))
      let ledger = try transaction.one(WriteLedger(campaign: campaign.id))
      guard ledger.messages > 0 else {
        throw Failure(.data, "the campaign \"\(name)\" has no leads: its batches are empty")
      }
      guard ledger.skipped < ledger.messages else {
        throw Failure(.data, "no lead of the campaign \"\(name)\" has an address on a channel of its steps")
      }
      let open = ledger.messages - ledger.skipped
      try transaction.run(MarkStarted(campaign: campaign.id, open: open, emails: ledger.emails, leads: ledger.leads))
      return .started(leads: ledger.leads, messages: ledger.messages, skipped: ledger.skipped)
    }
    // Behind the commit, whatever comes of it: the campaign has started.
    if case .started = start { _ = try? transaction { transaction in try transaction.run(AnalyzeMessages()) } }
    return start
  }

  /// The scheduled campaigns whose time has come, the one that waits longest first.
  package func findDueStarts() throws -> [String] {
    try transaction { transaction in try transaction.run(FindDueStarts()).map(\.name) }
  }

  /// Starts a scheduled campaign if its time has come; answers why it could not be started, if that is so.
  ///
  /// Such a campaign stays scheduled and says why; the next tick tries again.
  package func startDue(_ name: String) throws -> DueStart {
    do {
      guard case .started = try start(name, actor: nil, reason: "its start time has come", whereDue: true) else {
        return .overtaken
      }
      return .started
    } catch let failure as Failure where [.data, .tryAgain].contains(failure.exit) {
      let reason = failure.sentences.joined(separator: "; ")
      try transaction { transaction in _ = try transaction.run(NoteStartTrouble(name: name, trouble: reason)) }
      return .failed(reason)
    } catch let error as DatabaseError where error.sqlState?.isTransient == true {
      // Not noted: what keeps the campaign's row would keep us again.
      return .failed(error.sentence)
    }
  }

  /// Starts every scheduled campaign whose time has come, and begins none but the first after `end` (`Seconds.now`): those
  /// are the next tick's. Answers those that could not be started, and why.
  package func startWhatIsDue(
    until end: Double = .infinity
  ) throws -> (started: [String], failed: [(campaign: String, reason: String)]) {
    var started: [String] = []
    var failed: [(campaign: String, reason: String)] = []
    for (index, name) in try findDueStarts().enumerated() where index == 0 || Seconds.now < end {
      switch try startDue(name) {
      case .started: started.append(name)
      case .failed(let reason): failed.append((name, reason))
      case .overtaken: break
      }
    }
    return (started, failed)
  }

  private func checkVariables(_ campaign: String, _ transaction: borrowing Transaction) throws {
    let unmet = try transaction.run(FindUnmetVariables(campaign: campaign)).map {
      "the template \"\($0.template)\" uses {{\($0.variable)}}, and no lead has a value for it"
    }
    guard unmet.isEmpty else { throw Failure(.data, unmet) }
  }
}

extension Transaction {
  /// Takes the batches of a campaign, or is refused.
  ///
  /// - Throws: `Failure` with the exit `.data` that names each batch that another campaign uses, and that campaign;
  ///   with `.tryAgain` while somebody imports into one: the ledger must have all of its leads.
  public func takeBatches(of campaign: String) throws {
    let rows: [TakeBatches.Row]
    do throws(DatabaseError) {
      rows = try run(TakeBatches(campaign: campaign))
    } catch {
      guard error.sqlState == .lockNotAvailable else { throw error }
      let sentence =
        "a batch of the campaign is being imported into, or another campaign is just taking it: try again later"
      throw Failure(.tryAgain, sentence, detail: error.detail)
    }
    let held = rows.compactMap { row in
      row.heldBy.map { "the batch \"\(row.batch)\" is in use by the campaign \"\($0)\"" }
    }
    guard held.isEmpty else { throw Failure(.data, held) }
  }
}
