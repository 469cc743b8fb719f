import Campaign

/// Whose fault a refusal is: decided for one sender from what each reply says and, above all, from what happened to the
/// others meanwhile. Pure: it is told what happened and when, and says what is to be recorded.
///
/// A refusal is believed of a lead when others got through behind it. Until then it is a doubt: the message is put aside
/// without an attempt, and settled as refused or deferred, without being sent again, as soon as an acceptance has told. The
/// same refusal of several unlike recipients in a row is about us: nothing is believed of them, and the sender rests.
package struct Judge: Sendable {
  /// What is to be recorded of a message that was refused.
  package enum Verdict: Sendable, Hashable {
    /// It was about this lead or this message.
    case lead(Outcome, about: RefusalSubject?)
    /// Put aside for so many seconds, without an attempt.
    case held(seconds: Double, doubt: Doubt?, about: RefusalSubject?)
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

    package init(_ words: String, base: Double, cap: Double, isFirstFree: Bool = false) {
      (self.words, self.base, self.cap, self.isFirstFree) = (words, base, cap, isFirstFree)
    }
  }

  /// A message that was held, now or by an earlier tick.
  package struct Held: Sendable, Hashable {
    package let domain: String
    package let times: Int
    package let doubt: Doubt?
    /// When it was held first and last, in seconds since 1970 by the database's clock.
    package let since: Double
    package let at: Double

    package init(domain: String, times: Int, doubt: Doubt?, since: Double, at: Double) {
      (self.domain, self.times, self.doubt, self.since, self.at) = (domain, times, doubt, since, at)
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

      package init(fingerprint: String, domain: String, message: Int, isOurs: Bool) {
        (self.fingerprint, self.domain, self.message, self.isOurs) = (fingerprint, domain, message, isOurs)
      }
    }
    package var lastAccepted: Double?
    package var run: [Seen] = []
    /// The messages that a receiving domain has refused since it last accepted one.
    package var domains: [String: [Int]] = [:]
    /// Refusals that turned out to be about us, and when they were said last: not to be believed of anybody.
    package var ours: [String: Double] = [:]

    package init() {}
  }

  /// So many unlike recipients refused alike, and nobody accepted between them, are no accident.
  static let several = 3
  /// An acceptance so many seconds ago shows that the sender was well: one refusal is not yet about it.
  static let recently = 300.0
  /// So often a message is held for what may not be its fault before the codes are believed although nobody else has told.
  static let patience = 8

  package private(set) var memory: Memory
  /// Whether the memory was changed since ``isChanged`` was set to false.
  package var isChanged = false
  private var held: [Int: Held]
  /// The messages of `held` that an acceptance may settle: every acceptance asks.
  private var doubted: Set<Int>
  private var out: Set<Int> = []
  private let own: [String]

  /// - Parameter own: our addresses and names, as a reply may repeat them.
  package init(own: [String], memory: Memory = Memory(), held: [Int: Held] = [:]) {
    (self.own, self.memory, self.held) = (own, memory, held)
    doubted = Set(held.filter { $0.value.doubt != nil }.keys)
  }

  /// A message is with the server: a doubt about it is settled by its own answer.
  package mutating func began(_ message: Int) { out.insert(message) }

  /// A message has ended in some other way than an acceptance or a refusal.
  package mutating func ended(_ message: Int) { out.remove(message) }

  /// A message was accepted; answers the doubts that this has settled: those refusals were about their leads.
  package mutating func accepted(_ message: Int, domain: String, at now: Double) -> [(message: Int, doubt: Doubt)] {
    out.remove(message)
    forget(message)
    // Between ticks it is enough to know it to the minute; each change is a write.
    if !memory.run.isEmpty || memory.domains[domain] != nil || now - (memory.lastAccepted ?? 0) > 60 {
      isChanged = true
    }
    memory.lastAccepted = now
    memory.run = []
    memory.domains[domain] = nil
    var settled: [(message: Int, doubt: Doubt)] = []
    for message in doubted.sorted() {
      guard let one = held[message], let doubt = one.doubt, !out.contains(message), !isOurs(doubt, at: one.at),
        !isRefusedBySeveral(one.domain)
      else { continue }
      forget(message)
      settled.append((message, doubt))
    }
    return settled
  }

  /// Nothing else is due: answers the doubt that is believed although nobody comes behind it, because it was the only
  /// refusal since others got through.
  package mutating func drained(at now: Double) -> [(message: Int, doubt: Doubt)] {
    guard Set(memory.run.map(\.message)).count == 1, wasWell(at: now), let message = memory.run.first?.message,
      let one = held[message], let doubt = one.doubt, !out.contains(message), !isRefusedBySeveral(one.domain)
    else { return [] }
    forget(message)
    isChanged = true
    memory.run = []
    return [(message, doubt)]
  }

  /// A message was refused; answers what is to be recorded of it, and whether the sender has to rest.
  package mutating func refused(
    _ message: Int, to lead: String, domain: String, _ refusal: Refusal, at now: Double
  ) -> (Verdict, Rest?) {
    out.remove(message)
    isChanged = true
    let reading = reading(of: refusal, lead: lead)
    // An address that cannot be read or a mailbox that is greylisted says nothing of anybody else.
    if reading.subject == .greylist { return (.lead(.deferred(refusal.words), about: nil), nil) }
    let fingerprint = refusal.reply?.fingerprint ?? refusal.words
    let isOurs = refusal.isBeforeRecipient && !reading.isAboutLead || reading.action == .stop || reading.action == .rest
    memory.run.append(
      Memory.Seen(fingerprint: fingerprint, domain: domain, message: message, isOurs: isOurs))
    if memory.run.count > 16 { memory.run.removeFirst() }
    noteDomain(domain, message)
    let before = held[message]
    let words = redacted(refusal.words, lead: lead)

    if refusal.isBeforeRecipient && !reading.isAboutLead {
      return (hold(message, domain, nil, seconds: 1, at: now), rest(for: reading, words))
    }
    switch reading.action {
    case .stop, .rest:
      let isAlone = Set(memory.run.filter(\.isOurs).map(\.message)).count < 2
      if isAlone && wasWell(at: now) {
        // Everybody else gets through again and again: it means this one.
        if let before, before.times >= Judge.several, gotThrough(since: before.since) {
          return (believed(refusal, reading, message), nil)
        }
        return (hold(message, domain, nil, seconds: pause(before?.times ?? 0), at: now), nil)
      }
      return (hold(message, domain, nil, seconds: reading.until ?? 30, at: now), rest(for: reading, words))
    case .restDomain:
      _ = hold(message, domain, nil, seconds: 1, at: now)
      let isGeneral = unlikeDomains(alike: fingerprint) >= Judge.several
      return (.held(seconds: 1, doubt: nil, about: .domain), isGeneral ? rest(for: reading, words) : nil)
    case .hold:
      if unlikeDomains(alike: fingerprint) >= Judge.several {
        return (hold(message, domain, nil, seconds: 1, at: now), shortRest(fingerprint, words, at: now))
      }
      if let before, gotThrough(since: before.since) || before.times >= Judge.patience {
        return (believed(refusal, reading, message), nil)
      }
      return (hold(message, domain, nil, seconds: pause(before?.times ?? 0), at: now), nil)
    case .suppress, .fail, .content, .defer:
      if unlikeDomains(alike: fingerprint) >= Judge.several {
        return (hold(message, domain, nil, seconds: 1, at: now), shortRest(fingerprint, words, at: now))
      }
      let times = before?.times ?? 0
      if times >= Judge.patience { return (believed(refusal, reading, message), nil) }
      let word: Doubt.Word = reading.action == .defer ? .deferred : .refused
      let doubt = Doubt(
        word, reason: refusal.words, about: reading.action == .suppress ? .address : nil, fingerprint: fingerprint)
      // What one domain says of everybody is suspicious as well: large ones have answered "no such user" for all their users.
      let seconds = isRefusedBySeveral(domain) ? 10 * pause(times) : pause(times)
      return (hold(message, domain, doubt, seconds: seconds, at: now), nil)
    }
  }

  // MARK: - What the others say

  private func wasWell(at now: Double) -> Bool { memory.lastAccepted.map { now - $0 < Judge.recently } ?? false }

  private func gotThrough(since: Double) -> Bool { memory.lastAccepted.map { $0 > since } ?? false }

  private func unlikeDomains(alike fingerprint: String) -> Int {
    Set(memory.run.filter { $0.fingerprint == fingerprint }.map(\.domain)).count
  }

  private func isRefusedBySeveral(_ domain: String) -> Bool {
    (memory.domains[domain]?.count ?? 0) >= Judge.several
  }

  private mutating func noteDomain(_ domain: String, _ message: Int) {
    var messages = memory.domains[domain] ?? []
    guard messages.count < Judge.several, !messages.contains(message) else { return }
    // A bound for what is kept: with so many domains none of them is the exception.
    if messages.isEmpty && memory.domains.count >= 64 { memory.domains = [:] }
    messages.append(message)
    memory.domains[domain] = messages
  }

  /// Whether a doubt is part of a refusal that turned out to be about us; a minute later it may still be recorded.
  private func isOurs(_ doubt: Doubt, at: Double) -> Bool {
    memory.ours[doubt.fingerprint].map { at <= $0 + 60 } ?? false
  }

  // MARK: - What is to be done

  private func reading(of refusal: Refusal, lead: String) -> Reading {
    guard let reply = refusal.reply else {
      // Hung up, or silent. Behind the recipient's name it is perhaps for what the message is.
      return refusal.isBeforeRecipient || refusal.stage == .rcpt ? Reading(.server, .rest) : Reading(.server, .defer)
    }
    return reply.reading(at: refusal.stage, own: own, lead: lead)
  }

  /// Too often, or again after others got through.
  private mutating func believed(_ refusal: Refusal, _ reading: Reading, _ message: Int) -> Verdict {
    let since = held[message]?.since ?? 0
    forget(message)
    // For good only where others got through: alone, it could still be an outage that says "no such user".
    let isProved = gotThrough(since: since)
    switch reading.action {
    case .defer: return .lead(.deferred(refusal.words), about: nil)
    case .suppress: return .lead(.refused(refusal.words), about: isProved ? .address : nil)
    case .fail, .content: return .lead(.refused(refusal.words), about: nil)
    default: return .lead(refusal.isPermanent ? .refused(refusal.words) : .deferred(refusal.words), about: nil)
    }
  }

  private mutating func forget(_ message: Int) {
    held[message] = nil
    doubted.remove(message)
  }

  private mutating func hold(
    _ message: Int, _ domain: String, _ doubt: Doubt?, seconds: Double, at now: Double
  ) -> Verdict {
    let before = held[message]
    held[message] = Held(
      domain: domain, times: (before?.times ?? 0) + 1, doubt: doubt, since: before?.since ?? now, at: now)
    if doubt == nil { doubted.remove(message) } else { doubted.insert(message) }
    return .held(seconds: seconds, doubt: doubt, about: nil)
  }

  /// Half a minute, and then twice as long each time, at most an hour.
  private func pause(_ times: Int) -> Double { min(3600, 30 * Double(1 << min(times, 7))) }

  /// What the server does not say is learnt by asking again: often at first, because most troubles are short.
  private func rest(for reading: Reading, _ words: String) -> Rest {
    if let until = reading.until { return Rest(words, base: until, cap: max(until, 60)) }
    switch reading.action {
    // Only a person can mend it, and may have done so already.
    case .stop: return Rest(words, base: 300, cap: 86_400)
    case .rest where reading.subject == .server: return Rest(words, base: 60, cap: 3600)
    // A day's quota is over bit by bit.
    default: return Rest(words, base: 300, cap: 3600)
    }
  }

  /// For refusals that speak of leads: bad addresses do stand side by side in a list, so it is seconds at first.
  private mutating func shortRest(_ fingerprint: String, _ words: String, at now: Double) -> Rest {
    if memory.ours.count >= 16 { memory.ours = memory.ours.filter { now - $0.value < 86_400 } }
    memory.ours[fingerprint] = now
    for (message, one) in held where one.doubt?.fingerprint == fingerprint {
      held[message] = Held(domain: one.domain, times: one.times, doubt: nil, since: one.since, at: one.at)
      doubted.remove(message)
    }
    return Rest(words, base: 5, cap: 3600)
  }

  /// Without the lead's address, which has no place in logs and in what a sender says of itself.
  private func redacted(_ words: String, lead: String) -> String {
    guard !lead.isEmpty else { return words }
    var text = ""
    var rest = Substring(words)
    while let first = rest.first {
      if rest.lowercased().hasPrefix(lead.lowercased()) {
        text += "…"
        rest = rest.dropFirst(lead.count)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return text
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
