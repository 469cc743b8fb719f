import Campaign

/// Where in the dialogue with a mail server a reply was given (RFC 5321, 3 and 4.1).
package enum Stage: String, Sendable, CaseIterable {
  /// Instead of the greeting.
  case connect
  /// To EHLO, or to STARTTLS.
  case helo
  /// While logging in.
  case auth
  case mail
  case rcpt
  case data
  /// To the final dot.
  case dot
}

/// How an attempt was refused, or cut short before the server could have had the whole message.
package struct Refusal: Sendable, Hashable {
  package let stage: Stage
  /// What the server said; nil where it said nothing: it hung up, or did not answer in time.
  package let reply: Reply?
  /// The same as a sentence.
  package let words: String

  package init(_ stage: Stage, _ reply: Reply, _ words: String? = nil) {
    self.stage = stage
    self.reply = reply
    self.words = words ?? reply.text
  }

  package init(_ stage: Stage, _ words: String) {
    self.stage = stage
    reply = nil
    self.words = words
  }

  /// Whether the server says that it is for good.
  package var isPermanent: Bool { reply?.isPermanent ?? false }
}

/// What one refusal says by itself: whom it is about, and what is to be done if it is believed. Whether it is believed
/// depends on what happened to the others.
package struct Reading: Sendable, Hashable {
  /// Whom or what a refusal is about.
  package enum Subject: String, Sendable, CaseIterable {
    /// The lead's address: there is no such mailbox or domain.
    case address
    /// The lead's mailbox: it exists, and cannot or does not want.
    case mailbox
    /// This message: its size, its form, what it says.
    case content
    /// Our account at the server that we log in to.
    case account
    /// How much we may send, in all or at once.
    case quota
    /// Our own address, or our domain.
    case from
    /// Our host: its address, its name, its reputation.
    case host
    /// What the receiving domain takes from us now.
    case domain
    /// A fault of the server.
    case server
    /// The first time only (RFC 6647).
    case greylist
    /// Not to be told from this reply alone.
    case ambiguous
  }

  /// What is to be done.
  package enum Action: String, Sendable, CaseIterable {
    /// The message fails, and nothing will ever reach the address.
    case suppress
    /// The message fails.
    case fail
    /// The message is tried again later, as one of its attempts.
    case `defer`
    /// The message fails for what it says; the same for others is about the campaign.
    case content
    /// The sender cannot send until a person acts.
    case stop
    /// The sender waits.
    case rest
    /// The receiving domain gets nothing for a while.
    case restDomain = "rest_domain"
    /// Nothing is decided by this reply alone.
    case hold
  }

  package let subject: Subject
  package let action: Action
  /// In how many seconds it is over, where the reply says so; 1 where it is a rate per second.
  package let until: Double?

  package init(_ subject: Subject, _ action: Action, until: Double? = nil) {
    self.subject = subject
    self.action = action
    self.until = until
  }
}
