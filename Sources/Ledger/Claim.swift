import Postgres
import Steps

extension Batch {
  /// A claim as one transaction (DESIGN §4.1): the barrier, then in later statements the sender's rules, the campaign's
  /// state and the leads' locks, then the messages.
  ///
  /// - Parameters:
  ///   - id: a UUID that was never used for a claim before.
  ///   - lease: seconds until the deadline, by the database's clock; the same that the caller goes by.
  ///   - limit: the most messages: as many as can be begun at once.
  ///   - scan: how many messages to look at at least: what a rule holds back is put aside.
  ///   - after: where the claim before has ended; nil is the beginning.
  public static func claim(
    _ id: String, campaign: String, barrier: Int, sender: String, lease: Double, limit: Int, scan: Int = 0,
    after: Place? = nil
  ) -> ClaimBatch {
    var batch = Batch()
    let barrier = batch.add(TryBarrier(barrier: barrier))
    let leads = batch.add(
      LockDueLeads(
        campaign: campaign, sender: sender, limit: limit, scan: scan, afterTime: after?.first?.time,
        afterID: after?.first?.message, afterFollowUpTime: after?.followUp?.time,
        afterFollowUpID: after?.followUp?.message))
    let messages = batch.add(ClaimMessages(claim: id, lease: lease))
    return ClaimBatch(batch: batch, barrier: barrier, leads: leads, messages: messages)
  }
}

/// A place in the order in which a campaign's messages are due: one among first steps, and one among follow-ups.
public struct Place: Sendable {
  /// A message in that order.
  public struct Mark: Sendable {
    /// When the message is due, as PostgreSQL writes it.
    public let time: String
    /// The message.
    public let message: Int

    init?(_ last: (time: String?, id: Int?)) {
      guard let time = last.time, let message = last.id else { return nil }
      (self.time, self.message) = (time, message)
    }
  }
  let first: Mark?
  let followUp: Mark?

  /// The place behind what a claim has picked; where it has picked none of a kind, that of the claim before.
  public init?(_ row: LockDueLeads.Row, behind before: Place? = nil) {
    (first, followUp) = (Mark(row.last.first) ?? before?.first, Mark(row.last.followUp) ?? before?.followUp)
    if first == nil && followUp == nil { return nil }
  }
}

/// A claim that can be sent, and what it answers.
public struct ClaimBatch {
  /// The transaction.
  public let batch: Batch
  /// Whether the barrier was free.
  public let barrier: Rows<TryBarrier>
  /// How many due messages were picked, and for how many the sender has room.
  public let leads: Rows<LockDueLeads>
  /// What was claimed, and what must be skipped.
  public let messages: Rows<ClaimMessages>
}

/// A new random UUID, version 4 (RFC 9562, 5.4).
public func newClaimID() -> String {
  var generator = SystemRandomNumberGenerator()
  var high = generator.next() as UInt64
  var low = generator.next() as UInt64
  high = high & ~0xF000 | 0x4000
  low = low & ~(0b11 << 62) | 0b10 << 62
  func hex(_ value: UInt64, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
  return [
    hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
    hex(low & 0xFFFF_FFFF_FFFF, 12),
  ].joined(separator: "-")
}
