import Campaign
import Email
import Function
import Ledger
import Logging
import Postgres
import Steps
import Transport

/// What a tick does about refusals: the sender's judge says whose fault each is.
extension Sending {
  /// What is to be recorded of an attempt that has ended, and of those that it tells about.
  func judge(_ attempt: Attempt, _ mail: InFlight, of sender: SenderRun) -> [Settlement] {
    let domain = mail.to.domain.lowercased()
    guard let refusal = attempt.refusal else {
      var settlements = [
        Settlement(message: attempt.message, claim: mail.claim, verdict: .outcome(attempt.outcome))
      ]
      if case .accepted = attempt.outcome {
        settlements += believe(sender.judge.accepted(attempt.message, domain: domain, at: clock))
        if sender.trouble != nil, mail.begun >= sender.restedAt { recover(sender) }
      } else {
        sender.judge.ended(attempt.message)
      }
      return settlements
    }
    let (verdict, rest) = sender.judge.refused(
      attempt.message, to: mail.to.address, domain: domain, refusal, at: clock)
    if let rest { self.rest(sender, rest) }
    switch verdict {
    case .lead(let outcome, let about):
      // It was heard, and spoke of a lead: whatever was wrong before, that is over.
      if sender.trouble != nil, rest == nil, mail.begun >= sender.restedAt { recover(sender) }
      return [Settlement(message: attempt.message, claim: mail.claim, verdict: .outcome(outcome), about: about)]
    case .held(let held, let seconds, let about):
      // Whether the sender is well it does not tell: a quota is said after the dot, and this was perhaps said before.
      return [
        Settlement(
          message: attempt.message, claim: mail.claim, verdict: .outcome(.held(refusal.words, seconds: seconds)),
          about: held.doubt?.about ?? about,
          doubt: Settlement.Doubt(
            word: held.doubt?.word.rawValue, fingerprint: held.mark, times: held.times, since: held.since))
      ]
    }
  }

  /// What was held against these leads is true.
  func believe(_ doubts: [(message: Int, doubt: Judge.Doubt)]) -> [Settlement] {
    doubts.map {
      Settlement(message: $0.message, claim: nil, verdict: .outcome($0.doubt.outcome), about: $0.doubt.about)
    }
  }

  /// The sender rests: nothing of it leaves, in any tick, until that is over.
  func rest(_ sender: SenderRun, _ rest: Judge.Rest) {
    sender.trouble = rest.words
    // Until the database has said for how long. Many messages are refused together: it is the same rest.
    guard sender.readyAt < .infinity else { return }
    (sender.readyAt, sender.restedAt) = (.infinity, Seconds.now)
    var batch = Batch()
    let rests = batch.add(
      RestSender(
        sender: sender.id, trouble: rest.words, first: rest.base, most: rest.cap, isFirstFree: rest.isFirstFree,
        isNew: rest.isNew))
    noteEvidence(of: sender, in: &batch)
    database.submit(batch) { [self] result in
      // It is not stored then, and yet it holds for this tick.
      let row = succeeded(result) ? rests.values.first : nil
      let seconds = row?.seconds ?? max(rest.base, 1)
      // Somebody got through meanwhile, and that stands behind this one in the database.
      guard sender.trouble != nil else { return }
      call.log.warning(
        "sender rests",
        metadata: ["sender": "\(sender.name)", "reason": "\(rest.words)", "until": "\(row?.until ?? "the next tick")"])
      noteTrouble(sender.name, rest.words, until: row?.until)
      pause(sender, seconds)
    }
  }

  /// Somebody got through: the sender is well.
  private func recover(_ sender: SenderRun) {
    sender.trouble = nil
    sender.readyAt = min(sender.readyAt, Seconds.now)
    forgetTrouble(sender.name)
    setTrouble(sender.id, nil)
  }

  /// Keeps for the next ticks what the refusals of this one were alike in; whether there was anything to keep.
  func noteEvidence() -> Bool {
    var batch = Batch()
    var isAny = false
    for sender in senders.values where sender.judge.isChanged {
      noteEvidence(of: sender, in: &batch)
      isAny = true
    }
    guard isAny else { return false }
    database.submit(batch) { [self] result in
      // What is not kept is found out again: it must not cost this tick anything.
      if case .failure(let error) = result {
        call.log.warning("what was learnt of refusals could not be kept: \(error.sentence)")
        if error.kind == .connection { isDatabaseLost = true }
      }
    }
    return true
  }

  private func noteEvidence(of sender: SenderRun, in batch: inout Batch) {
    sender.judge.isChanged = false
    batch.add(
      NoteEvidence(
        sender: sender.id, evidence: String(decoding: sender.judge.memory.json.encoded(), as: UTF8.self)))
  }
}
