/// What a refusal is about, where it is about more than this one message.
public enum RefusalSubject: String, Sendable, Hashable {
  /// The address does not exist: nothing will ever reach it.
  case address
  /// The receiving domain takes no more for now.
  case domain
}

/// What a transport says of one attempt to send a message.
public enum Outcome: Sendable, Hashable {
  /// The transport took the message; `providerID` is what it called it, if it said.
  case accepted(providerID: String?)
  /// Refused for now: the same attempt may succeed later.
  case deferred(String)
  /// Refused for good.
  case refused(String)
  /// It may or may not have left: everything was handed over, and no answer came.
  case unknown(String)
  /// Refused, and not or not yet believed to be about the lead: put aside for so many seconds, without an attempt.
  case held(String, seconds: Double)
  /// Nothing of it was handed over, or surely not enough to be delivered: the attempt does not count.
  case returned(String?)

  /// The word in the database (DESIGN §2).
  public var word: String {
    switch self {
    case .accepted: "accepted"
    case .deferred: "deferred"
    case .refused: "refused"
    case .unknown: "unknown"
    case .held: "held"
    case .returned: "returned"
    }
  }

  /// The reason, where there is one.
  public var reason: String? {
    switch self {
    case .accepted: nil
    case .deferred(let reason), .refused(let reason), .unknown(let reason), .held(let reason, _): reason
    case .returned(let reason): reason
    }
  }

  /// What the transport called the message.
  public var providerID: String? {
    if case .accepted(let id) = self { id } else { nil }
  }
}
