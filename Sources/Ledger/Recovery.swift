import Campaign
import Postgres
import Steps

/// What a recovery found and settled.
public struct Recovery: Sendable {
  /// How many messages of a campaign became what.
  public struct Find: Sendable, Hashable {
    /// The campaign's name.
    public let campaign: String
    /// The state that the message has now.
    public let becomes: String
  }

  /// The messages by campaign and new state.
  public fileprivate(set) var finds: [Find: Int] = [:]
  /// The names of the campaigns that the recovery completed.
  public fileprivate(set) var completed: [String] = []
  /// Whether a campaign runs: there may be something to send.
  public fileprivate(set) var hasRunning = false
  /// Whether a campaign is scheduled, now or for later.
  public fileprivate(set) var hasScheduled = false
  /// The names of the campaigns that somebody else has locked: the next recovery takes them.
  public fileprivate(set) var notRecovered: [String] = []

  init() {}

  fileprivate mutating func add(_ rows: [SettleMessages.Row]) {
    for row in rows {
      finds[Find(campaign: row.campaignName, becomes: row.becomes), default: 0] += 1
      if row.hasCompleted && !completed.contains(row.campaignName) { completed.append(row.campaignName) }
    }
  }

  /// What was found and left as it is: the names of the campaigns of messages that are `sending`.
  public init(sending campaigns: [String]) {
    for campaign in campaigns { finds[Find(campaign: campaign, becomes: "sending"), default: 0] += 1 }
  }

  /// All of them.
  public var total: Int { finds.values.reduce(0, +) }
}

extension Connection {
  /// Settles what is `sending` past its deadline: whoever claimed it has stopped (DESIGN §4.5); and cancels what a
  /// cancel that died has left pending.
  ///
  /// Each is settled under the claim that it is still under, so that another recovery, or the claimer's own settlement
  /// that comes first, leaves nothing to do here.
  ///
  /// Each campaign in a transaction of its own: one that is locked by somebody for long is passed by, and `notRecovered`
  /// names it, so that it does not keep the others from being recovered and sent.
  ///
  /// - Parameter look: what there is to do, where the caller has looked already.
  public func recover(_ look: LookAround.Row? = nil) throws -> Recovery {
    var recovery = Recovery()
    let look = try look ?? lookAround()
    (recovery.hasRunning, recovery.hasScheduled) = (look.hasRunning, look.hasScheduled)
    if look.hasOpen { try recoverStuckMessages(&recovery) }
    if look.hasCancels { try finishCancels(&recovery) }
    return recovery
  }

  /// Whether there is anything to recover, to start or to send.
  public func lookAround() throws(DatabaseError) -> LookAround.Row {
    var batch = Batch()
    let look = batch.add(LookAround())
    try perform(batch)
    guard let row = look.values.first else { throw DatabaseError(.shape, "look-around answered no row") }
    return row
  }

  private func recoverStuckMessages(_ recovery: inout Recovery) throws {
    func find() throws -> [FindStuckMessages.Row] {
      var batch = Batch()
      let stuck = batch.add(FindStuckMessages(limit: 500))
      batch.add(ForgetPassedDeadlines(limit: 10_000))
      try perform(batch)
      return stuck.values.filter { !recovery.notRecovered.contains($0.campaignName) }
    }
    var stuck = try find()
    while !stuck.isEmpty {
      for (campaign, messages) in Dictionary(grouping: stuck, by: \.campaignName).sorted(by: { $0.key < $1.key }) {
        do {
          recovery.add(try settleAsUnknown(messages))
        } catch let error as DatabaseError where error.sqlState?.isTransient == true {
          recovery.notRecovered.append(campaign)
        }
      }
      stuck = try find()
    }
  }

  private func finishCancels(_ recovery: inout Recovery) throws {
    for campaign in try transaction({ transaction in try transaction.run(FindUnfinishedCancels()) }) {
      do {
        let moved = try cancelWhatIsPending(in: campaign.id, named: campaign.name)
        if moved > 0 {
          recovery.finds[Recovery.Find(campaign: campaign.name, becomes: "cancelled"), default: 0] += moved
        }
      } catch let error as DatabaseError where error.sqlState?.isTransient == true {
        recovery.notRecovered.append(campaign.name)
      }
    }
  }

  /// The transports that can be asked what became of a message (WhatsApp, voice) will be asked here; a mail server
  /// cannot.
  private func settleAsUnknown(_ stuck: [FindStuckMessages.Row]) throws -> [SettleMessages.Row] {
    let settlements = stuck.map {
      Settlement(
        message: $0.id, claim: $0.claim,
        verdict: .outcome(.unknown("no outcome was recorded before the deadline: whoever sent it stopped")))
    }
    return try transaction { try $0.run(SettleMessages(settlements)) }
  }

  /// Finds campaigns that should have moved and did not, and moves them unless it only looks.
  ///
  /// Each find is a bug of ours: completion and release belong to the transaction that settles the last message.
  public func mendCampaigns(dryRun: Bool) throws -> [FindStrandedCampaigns.Row] {
    try transaction { transaction in
      let stranded = try transaction.run(FindStrandedCampaigns())
      guard !dryRun else { return stranded }
      for campaign in stranded {
        try transaction.run(LockCampaign(name: campaign.name))
        try transaction.run(MendCampaign(campaign: campaign.id))
      }
      return stranded
    }
  }
}
