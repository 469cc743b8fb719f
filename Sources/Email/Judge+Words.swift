import Campaign

/// What a judge is told and what it answers.
extension Judge {
  /// What is to be recorded of a message that was refused.
  package enum Verdict: Sendable, Hashable {
    /// It was about this lead or this message.
    case lead(Outcome, about: RefusalSubject?)
    /// Put aside for so many seconds, without an attempt.
    case held(Held, seconds: Double, about: RefusalSubject?)
  }

  /// What a refusal says of its lead, as long as nobody has told whether it is to be believed.
  package struct Doubt: Sendable, Hashable {
    /// What it will be when it is believed.
    package enum Word: String, Sendable { case refused, deferred }
    package let word: Word
    package let reason: String
    package let about: RefusalSubject?
    package let fingerprint: String

    package init(_ word: Word, reason: String, about: RefusalSubject?, fingerprint: String) {
      (self.word, self.reason, self.about, self.fingerprint) = (word, reason, about, fingerprint)
    }

    package var outcome: Outcome { word == .refused ? .refused(reason) : .deferred(reason) }
  }

  /// The sender rests: nothing leaves for `base` seconds, and for twice as long after each rest that has not helped, at
  /// most `cap`; then it probes with one message.
  package struct Rest: Sendable, Hashable {
    /// Why, in the server's words.
    package let words: String
    package let base: Double
    package let cap: Double
    /// Whether the first time it does not wait: a connection that fails costs no lead anything.
    package let isFirstFree: Bool
    /// Whether the rest before was for something else: then this one does not go on where that has ended.
    package let isNew: Bool

    package init(_ words: String, base: Double, cap: Double, isFirstFree: Bool = false, isNew: Bool = false) {
      (self.words, self.base, self.cap, self.isFirstFree, self.isNew) = (words, base, cap, isFirstFree, isNew)
    }
  }

  /// A message that was held, now or by an earlier tick.
  package struct Held: Sendable, Hashable {
    package let domain: String
    package let doubt: Doubt?
    /// What its refusal was alike in, and whether that was about us.
    package let fingerprint: String
    package let isOurs: Bool
    /// How often in a row it was held for that, since when, and when last, in seconds since 1970 by the database's clock.
    package let times: Int
    package let since: Double
    package let at: Double

    package init(
      domain: String, doubt: Doubt?, fingerprint: String, isOurs: Bool, times: Int, since: Double, at: Double
    ) {
      (self.domain, self.doubt, self.fingerprint, self.isOurs) = (domain, doubt, fingerprint, isOurs)
      (self.times, self.since, self.at) = (times, since, at)
    }
  }

  /// What outlives a tick.
  package struct Memory: Sendable, Hashable {
    /// A refusal since the last acceptance.
    package struct Seen: Sendable, Hashable {
      package let fingerprint: String
      package let domain: String
      package let message: Int
      package let isOurs: Bool
      package let isSuspect: Bool

      package init(fingerprint: String, domain: String, message: Int, isOurs: Bool, isSuspect: Bool) {
        (self.fingerprint, self.domain, self.message, self.isOurs) = (fingerprint, domain, message, isOurs)
        self.isSuspect = isSuspect
      }
    }
    package var lastAccepted: Double?
    package var run: [Seen] = []
    /// The messages that a receiving domain has refused since it last accepted one.
    package var domains: [String: [Int]] = [:]
    /// Refusals that turned out to be about us, and when they were said last: not to be believed of anybody.
    package var ours: [String: Double] = [:]
    /// Messages that were refused, others got through, and they were refused alike again.
    package var again: [Int] = []
    /// Those of which it was perhaps about them, both times.
    package var twice: [Int] = []
    /// Since when recipients are greylisted and nobody is accepted, and the first of them.
    package var greylistedSince: Double?
    package var greylisted: [Int] = []
    /// What the sender has rested for since the last acceptance.
    package var restsFor: String?

    package init() {}
  }
}

extension Refusal {
  /// Whether the server had not heard of a recipient yet.
  package var isBeforeRecipient: Bool {
    switch stage {
    case .connect, .helo, .auth, .mail: true
    case .rcpt, .data, .dot: false
    }
  }
}

extension Reading {
  /// Whether it is about what the lead or the message has brought along: an address, a size.
  var isAboutLead: Bool {
    switch subject {
    case .address, .mailbox, .content: action == .fail || action == .content || action == .suppress
    default: false
    }
  }
}
