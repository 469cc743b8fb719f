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

extension Connection {
  /// Starts a campaign, in one transaction behind its barrier: takes its batches, writes its whole ledger, and lets it
  /// run; or schedules it, where its start time is ahead and a person asks. One that is paused is resumed instead: what
  /// was scheduled when it was paused is scheduled again.
  ///
  /// - Parameter isDue: what a tick asks: only a campaign that is scheduled, and whose time has come.
  /// - Throws: `.data` when it cannot be started; nothing is changed then.
  public func start(_ name: String, actor: String?, reason: String?, whereDue isDue: Bool = false) throws -> Start {
    try change(name, actor: actor, reason: reason) { campaign, transaction in
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
      try transaction.run(AnalyzeMessages())
      return .started(leads: ledger.leads, messages: ledger.messages, skipped: ledger.skipped)
    }
  }

  /// Starts every scheduled campaign whose time has come; answers those that could not be started, and why.
  ///
  /// Such a campaign stays scheduled and says why; the next tick tries again.
  public func startWhatIsDue() throws -> (started: [String], failed: [(campaign: String, reason: String)]) {
    let due = try transaction { transaction in try transaction.run(FindDueStarts()).map(\.name) }
    var started: [String] = []
    var failed: [(campaign: String, reason: String)] = []
    for name in due {
      do {
        if case .started = try start(name, actor: nil, reason: "its start time has come", whereDue: true) {
          started.append(name)
        }
      } catch let failure as Failure where failure.exit == .data {
        let reason = failure.sentences.joined(separator: "; ")
        try transaction { transaction in _ = try transaction.run(NoteStartTrouble(name: name, trouble: reason)) }
        failed.append((name, reason))
      } catch let error as DatabaseError where error.sqlState?.isTransient == true {
        failed.append((name, error.sentence))
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
  /// - Throws: `Failure` with the exit `.data` that names each batch that another campaign uses, and that campaign.
  public func takeBatches(of campaign: String) throws {
    let held = try run(TakeBatches(campaign: campaign)).compactMap { row in
      row.heldBy.map { "the batch \"\(row.batch)\" is in use by the campaign \"\($0)\"" }
    }
    guard held.isEmpty else { throw Failure(.data, held) }
  }
}
