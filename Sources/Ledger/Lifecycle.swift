import Function
import Glibc
import Postgres
import Steps

extension Connection {
  /// Changes a campaign in one transaction behind its barrier, exclusive: every claim that was granted before is
  /// committed, and none is granted until the change is (DESIGN §4.4).
  ///
  /// The barrier comes before the campaign's row, in the order of all locks; the campaign's number, which is the
  /// barrier's key, never changes, and is read without a lock.
  ///
  /// - Throws: where somebody else holds a lock for too long, the error that says so, with a sentence of ours.
  public func change<T>(
    _ name: String, actor: String?, reason: String?,
    _ body: (LockCampaign.Row, borrowing Transaction) throws -> T
  ) throws -> T {
    do {
      return try transaction { transaction in
        let unknown = Failure(.noSuchThing, "there is no campaign \"\(name)\"")
        guard let found = try transaction.run(FindCampaign(name: name)).first,
          !(try transaction.run(HoldBarrier(barrier: found.barrier)).isEmpty)
        else { throw unknown }
        try transaction.run(ExplainChange(actor: actor, reason: reason))
        guard let campaign = try transaction.run(LockCampaign(name: name)).first else { throw unknown }
        return try body(campaign, transaction)
      }
    } catch let error as DatabaseError where error.sqlState == .lockNotAvailable {
      throw DatabaseError(
        error.kind, "somebody else is changing the campaign \"\(name)\", or imports into a batch of it: try again",
        detail: "\(error.sentence): \(error.detail)")
    }
  }

  /// What a pause has to wait for.
  public struct Pause: Sendable {
    /// The campaign.
    public let campaign: String
    /// `paused`, or `failed`, which does not send either.
    public let status: String
    /// Which pause it is.
    public let number: Int
    /// The messages that were out.
    public let inFlight: [Int]
  }

  /// Sets a campaign paused; what is out still has to be waited for.
  public func pause(_ name: String, actor: String?, reason: String?) throws -> Pause {
    try change(name, actor: actor, reason: reason) { campaign, transaction in
      switch campaign.status {
      case "running", "scheduled": try transaction.run(MarkPaused(campaign: campaign.id))
      case "paused", "failed": break
      default: throw Failure(.data, "the campaign \"\(name)\" is \(campaign.status); it cannot be paused")
      }
      let inFlight = try transaction.run(ListInFlight(campaign: campaign.id)).map(\.id)
      let now = try transaction.one(LoadPause(campaign: campaign.id, messages: inFlight))
      return Pause(campaign: campaign.id, status: now.status, number: now.pauseNumber, inFlight: inFlight)
    }
  }

  /// Cancels what is pending in a cancelled campaign, some at a time, each once; what returns to it later is cancelled
  /// by whoever returns it. Answers how many it were.
  ///
  /// After a crash in the middle whoever comes by goes on: `recover` does.
  public func cancelWhatIsPending(in campaign: String, named name: String) throws -> Int {
    var total = 0
    try pages(of: campaign, size: 10_000) { after, through in
      total += try transaction { transaction in
        try transaction.run(LockCampaign(name: name))
        return try transaction.one(CancelMessages(campaign: campaign, after: after, through: through)).moved
      }
    }
    return total
  }

  /// Waits until nothing of a campaign can be with a transport any more, as far as one snapshot can tell, or until the
  /// campaign is in another state than the one that was waited for, or until the patience (seconds) is over.
  ///
  /// What is `sending` past its deadline is recovered on the way: whoever claimed it has stopped.
  public func awaitInFlight(
    of campaign: String, messages: [Int], patience: Double, while isStill: (LoadPause.Row) -> Bool
  ) throws -> LoadPause.Row {
    let begun = Seconds.now
    while true {
      let now = try transaction { transaction in
        try transaction.one(LoadPause(campaign: campaign, messages: messages))
      }
      guard isStill(now) else { return now }
      let left = patience - (Seconds.now - begun)
      // Not for ever, should somebody hold the campaign's row: past its deadline a message does not leave, recovered or not.
      if now.overdue > 0, try recover().total > 0 || left > 0 { continue }
      guard now.out > 0, left > 0 else { return now }
      // A poll, because what is waited for happens in other processes, some of which may be dead.
      usleep(UInt32(min(max(now.secondsLeft, 0.005), 0.05, left) * 1e6))
    }
  }
}
