import Campaign
import Postgres
import Steps

/// What is to be recorded of one message.
public struct Settlement: Sendable {
  /// The message.
  public let message: Int
  /// The claim under which it was handed over; nil for one that is pending: it is to be skipped, or what was held
  /// against it is believed now. Such a one must not share a transaction with a settlement of the same message under its
  /// claim; where somebody else was first it moves nothing, and is forgotten.
  public let claim: String?
  /// What happened.
  public let verdict: Verdict
  /// What a refusal is about, beyond this message.
  public let about: RefusalSubject?
  /// What a held message will be when its refusal is believed.
  public let doubt: Doubt?

  /// A refusal that nobody has confirmed yet.
  public struct Doubt: Sendable {
    /// `refused` or `deferred`; nil where others getting through does not settle it.
    public let word: String?
    /// What makes it alike to others.
    public let fingerprint: String
    /// How often in a row it was held for that.
    public let times: Int
    /// Since when, in seconds since 1970.
    public let since: Double

    /// A refusal that nobody has confirmed yet.
    public init(word: String?, fingerprint: String, times: Int, since: Double) {
      (self.word, self.fingerprint, self.times, self.since) = (word, fingerprint, times, since)
    }
  }

  /// An outcome of an attempt, or the reason for which none was made.
  public enum Verdict: Sendable {
    case outcome(Outcome)
    case skipped(String)
  }

  /// What is to be recorded of a message.
  public init(message: Int, claim: String?, verdict: Verdict, about: RefusalSubject? = nil, doubt: Doubt? = nil) {
    self.message = message
    self.claim = claim
    self.verdict = verdict
    self.about = about
    self.doubt = doubt
  }
}

extension Batch {
  /// The settlement of some messages as one transaction (DESIGN §4.3): locks in order, then everything at once.
  ///
  /// Returns the messages that were moved. The ones that were not had lost their claim: what is known of them goes to
  /// ``settleLate(_:)``.
  public static func settle(_ settlements: [Settlement]) -> (Batch, Rows<SettleMessages>) {
    var batch = Batch()
    let rows = batch.add(SettleMessages(settlements))
    return (batch, rows)
  }

  /// What became known of one attempt whose claim was gone; nil where nothing is known of it.
  public static func settleLate(_ settlement: Settlement) -> (Batch, Rows<SettleLateOutcome>)? {
    guard let claim = settlement.claim, case .outcome(let outcome) = settlement.verdict else { return nil }
    var word = outcome.word
    switch outcome {
    case .unknown: return nil
    // Surely not delivered, and nobody's attempt.
    case .held: word = Outcome.returned(nil).word
    default: break
    }
    var batch = Batch()
    batch.add(LockForSettlement(messages: [settlement.message]))
    let rows = batch.add(
      SettleLateOutcome(
        message: settlement.message, claim: claim, outcome: word, providerID: outcome.providerID,
        reason: outcome.reason))
    return (batch, rows)
  }
}

extension SettleMessages {
  /// The settlements as the arrays that the statement takes.
  public init(_ settlements: [Settlement]) {
    self.init(
      messages: settlements.map(\.message), claims: settlements.map(\.claim),
      outcomes: settlements.map {
        switch $0.verdict {
        case .outcome(let outcome): outcome.word
        case .skipped: "skipped"
        }
      },
      providerIDs: settlements.map {
        if case .outcome(let outcome) = $0.verdict { outcome.providerID } else { nil }
      },
      reasons: settlements.map {
        switch $0.verdict {
        case .outcome(let outcome): outcome.reason
        case .skipped(let reason): reason
        }
      },
      about: settlements.map { $0.about?.rawValue },
      seconds: settlements.map {
        if case .outcome(.held(_, let seconds)) = $0.verdict { seconds } else { nil }
      },
      doubts: settlements.map { $0.doubt?.word }, fingerprints: settlements.map { $0.doubt?.fingerprint },
      times: settlements.map { $0.doubt?.times ?? 1 }, since: settlements.map { $0.doubt?.since })
  }
}
