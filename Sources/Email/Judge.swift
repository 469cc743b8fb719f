import Campaign

/// Whose fault a refusal is: decided for one sender from what each reply says and, above all, from what happened to the
/// others meanwhile. Pure: it is told what happened and when, and says what is to be recorded.
///
/// A refusal is believed of a lead when others got through behind it. Until then it is a doubt: the message is put aside
/// without an attempt, and settled as refused or deferred, without being sent again, as soon as an acceptance has told. The
/// same refusal of several unlike recipients in a row is about us: nothing is believed of them, and the sender rests.
///
/// A suspect is who was refused, then others got through, and it was refused again: that says no more of us than before. What
/// does not speak of a lead is a doubt only of a suspect, and only hours later: one domain's bad hour looks like it.
package struct Judge: Sendable {
  /// So many unlike recipients refused alike, and nobody accepted between them, are no accident.
  static let several = 3
  /// An acceptance so many seconds ago shows that the sender was well: one refusal is not yet about it.
  static let recently = 300.0
  /// An acceptance so many seconds before or behind leaves no room for an outage that has met one message only.
  static let closely = 90.0
  /// How often, and for how many seconds, a message is held before its refusal is believed although nobody comes behind it.
  /// Not sooner: troubles last for an hour, for a night, or for a weekend.
  typealias Patience = (times: Int, seconds: Double)
  /// A suspect: where the reply speaks of it, where it says nothing, and where it speaks of us.
  static let patience: Patience = (8, 8 * 3600)
  static let patienceWithoutWords: Patience = (8, 12 * 3600)
  static let patienceWithOurs: Patience = (8, 3 * 86_400)
  /// A suspect among many who are refused alike; where a domain takes nobody; and anybody, where nobody gets through.
  static let patienceWithMany: Patience = (4, 86_400)
  static let patienceWithDomain: Patience = (3, 2 * 86_400)
  static let patienceWithAll: Patience = (5, 3 * 86_400)
  /// So long one who is refused in words that may mean us is held before the others that get through can tell.
  static let fewHours = 2 * 3600.0
  /// Greylisting is over by then: a server that goes on saying it does not take mail.
  static let greylisting = 2700.0

  package private(set) var memory: Memory
  /// Whether the memory was changed since ``isChanged`` was set to false.
  package var isChanged = false
  private var held: [Int: Held]
  /// The messages of `held` that an acceptance may settle: every acceptance asks.
  private var doubted: Set<Int>
  /// The messages that are with the server, and since when.
  private var out: [Int: Double] = [:]
  /// When this judge, and not one of an earlier tick, has seen an acceptance.
  private var lastSeenAccepted: Double?
  private let own: [String]

  /// - Parameter own: our addresses and names, as a reply may repeat them.
  package init(own: [String], memory: Memory = Memory(), held: [Int: Held] = [:]) {
    (self.own, self.memory, self.held) = (own, memory, held)
    doubted = Set(held.filter { $0.value.doubt != nil }.keys)
  }

  /// A message is with the server: a doubt about it is settled by its own answer.
  package mutating func began(_ message: Int, at now: Double) { out[message] = now }

  /// A message has ended in some other way than an acceptance or a refusal.
  package mutating func ended(_ message: Int) { out[message] = nil }

  /// A message was accepted; answers the doubts that this has settled: those refusals were about their leads.
  package mutating func accepted(_ message: Int, domain: String, at now: Double) -> [(message: Int, doubt: Doubt)] {
    let begun = out.removeValue(forKey: message) ?? now
    forget(message)
    // Between ticks it is enough to know it to the minute; each change is a write.
    if !memory.run.isEmpty || memory.domains[domain] != nil || memory.greylistedSince != nil || memory.restsFor != nil
      || now - (memory.lastAccepted ?? 0) > 60
    {
      isChanged = true
    }
    let lastBefore = memory.lastAccepted ?? 0
    memory.lastAccepted = max(begun, lastBefore)
    lastSeenAccepted = memory.lastAccepted
    // What was with the server already when others were refused says nothing of them.
    memory.run.removeAll { (held[$0.message]?.at ?? 0) <= begun }
    memory.domains[domain] = nil
    (memory.greylistedSince, memory.greylisted) = (nil, [])
    memory.restsFor = nil
    var settled: [(message: Int, doubt: Doubt)] = []
    for message in doubted.sorted() {
      guard let one = held[message], let doubt = one.doubt, one.at <= begun, out[message] == nil,
        !isOurs(one), !isRefusedBySeveral(one.domain)
      else { continue }
      // Where little is sent, an hour in which all are refused may pass with this one: it is asked once more.
      let isClose = begun - one.at < Judge.closely || abs(one.at - lastBefore) < Judge.closely
      guard isClose || memory.twice.contains(message) else { continue }
      forget(message)
      settled.append((message, doubt))
    }
    return settled
  }

  /// Nothing else is due: answers the doubt that is believed although nobody comes behind it, because it was the only
  /// refusal since others got through, in this tick and just before.
  package mutating func drained(at now: Double) -> [(message: Int, doubt: Doubt)] {
    guard Set(memory.run.map(\.message)).count == 1, let message = memory.run.first?.message, let one = held[message],
      let doubt = one.doubt, out[message] == nil, let lastSeenAccepted, abs(one.at - lastSeenAccepted) < 60,
      !isOurs(one), !isRefusedBySeveral(one.domain)
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
    out[message] = nil
    isChanged = true
    let reading = reading(of: refusal, lead: lead)
    let fingerprint = refusal.reply?.fingerprint ?? refusal.words
    let words = redacted(refusal.words, lead: lead)
    // A recipient that is greylisted says nothing of anybody else.
    if reading.subject == .greylist {
      let since = memory.greylistedSince ?? now
      memory.greylistedSince = since
      if memory.greylisted.count < Judge.several, !memory.greylisted.contains(message) {
        memory.greylisted.append(message)
      }
      guard now - since > Judge.greylisting, memory.greylisted.count == Judge.several else {
        return (.lead(.deferred(refusal.words), about: nil), nil)
      }
      return (hold(message, domain, fingerprint, at: now), rest(for: Reading(.server, .rest), words))
    }
    let isOfAll = refusal.isBeforeRecipient && !reading.isAboutLead
    let isOurs = isOfAll || reading.action == .stop || reading.action == .rest
    let before = held[message]
    // Whom a quota has held is not suspected when the next quota meets it.
    let isInnocent = isOurs && before.map { !counts($0) } ?? false
    let isSuspect =
      !isInnocent
      && (memory.again.contains(message)
        || before.map { gotThrough(since: $0.at) && $0.fingerprint == fingerprint } ?? false)
    if isSuspect, !memory.again.contains(message) {
      memory.again.append(message)
      // A bound for what is kept; who is forgotten is one again soon.
      if memory.again.count > 64 { memory.again.removeFirst() }
    }
    memory.run.append(
      Memory.Seen(
        fingerprint: fingerprint, domain: domain, message: message, isOurs: isOurs, isSuspect: isSuspect))
    if memory.run.count > 16 { memory.run.removeFirst() }
    if !isSuspect { noteDomain(domain, message) }

    if isOfAll { return (hold(message, domain, fingerprint, seconds: 1, at: now), rest(for: reading, words)) }
    if isOurs {
      let others = Set(memory.run.filter(\.isOurs).map(\.message))
      let new = Set(memory.run.filter { $0.isOurs && !$0.isSuspect }.map(\.message))
      if new.count >= 2 || others.count > Judge.several {
        for one in memory.run where one.isOurs { noteOurs(one.fingerprint, at: now) }
        return (hold(message, domain, fingerprint, seconds: until(reading) ?? 30, at: now), rest(for: reading, words))
      }
      if isSuspect || wasWell(at: now) {
        return (perhaps(refusal, reading, message, domain, fingerprint, at: now), nil)
      }
      // Nobody has got through for a while: it is about us, unless others do now.
      let seconds = until(reading) ?? 30
      return (
        hold(message, domain, fingerprint, isOurs: false, seconds: seconds, at: now), rest(for: reading, words)
      )
    }
    if isGeneral(fingerprint) {
      if reading.action != .restDomain {
        let patience = isSuspect ? Judge.patienceWithMany : Judge.patienceWithAll
        if isOld(before, patience, at: now) { return (believed(refusal, reading, message), nil) }
        noteOurs(fingerprint, at: now)
        return (hold(message, domain, fingerprint, seconds: 1, at: now), shortRest(words))
      }
      return (hold(message, domain, fingerprint, about: .domain, at: now), rest(for: reading, words))
    }
    // What one domain says of everybody is suspicious as well: large ones have answered "no such user" for all their users.
    if reading.action == .restDomain || isRefusedBySeveral(domain) {
      let patience = isSuspect ? Judge.patienceWithDomain : Judge.patienceWithAll
      if isOld(before, patience, at: now) { return (believed(refusal, reading, message), nil) }
      noteOurs(Judge.key(fingerprint, domain), at: now)
      // A suspect waits for itself, and the rest of its domain need not.
      if isSuspect, reading.action != .restDomain {
        return (hold(message, domain, fingerprint, seconds: 4 * pause(before?.times ?? 0), at: now), nil)
      }
      return (hold(message, domain, fingerprint, about: .domain, at: now), nil)
    }
    return (perhaps(refusal, reading, message, domain, fingerprint, at: now), nil)
  }

  /// It is about this message, unless others tell otherwise.
  private mutating func perhaps(
    _ refusal: Refusal, _ reading: Reading, _ message: Int, _ domain: String, _ fingerprint: String, at now: Double
  ) -> Verdict {
    let before = held[message].flatMap { counts($0) && $0.fingerprint == fingerprint ? $0 : nil }
    let isSuspect = memory.again.contains(message)
    let isOfUs = reading.action == .stop || reading.action == .rest
    // Nobody comes behind it any more; but it was asked again and again, and just now.
    let patience =
      isOfUs ? Judge.patienceWithOurs : reading.action == .hold ? Judge.patienceWithoutWords : Judge.patience
    if let before,
      isSuspect && now - before.at < 5 * 3600 && isOld(before, patience, at: now)
        || !isOfUs && isOld(before, Judge.patienceWithAll, at: now)
    {
      return believed(refusal, reading, message)
    }
    if before == nil {
      memory.twice.removeAll { $0 == message }
    } else if let before, gotThrough(since: before.at), !memory.twice.contains(message) {
      memory.twice.append(message)
      if memory.twice.count > 64 { memory.twice.removeFirst() }
    }
    var word: Doubt.Word? = reading.action == .defer ? .deferred : .refused
    if isOfUs || reading.action == .hold {
      // Everybody else gets through again and again: it means this one.
      let isOfThis = before.map { $0.times >= 2 && now - $0.since >= Judge.fewHours } ?? false
      word = isOfThis && isSuspect && wasWell(at: now) ? refusal.isPermanent ? .refused : .deferred : nil
    }
    // Who was told something else before is not suppressed for the first such word.
    let isAddress = reading.action == .suppress && (before != nil || held[message] == nil)
    let doubt = word.map {
      Doubt($0, reason: refusal.words, about: isAddress ? .address : nil, fingerprint: fingerprint)
    }
    return hold(message, domain, fingerprint, isOurs: false, doubt, seconds: pause(held[message]?.times ?? 0), at: now)
  }

  // MARK: - What the others say

  private func wasWell(at now: Double) -> Bool { memory.lastAccepted.map { now - $0 < Judge.recently } ?? false }

  private func gotThrough(since: Double) -> Bool { memory.lastAccepted.map { $0 > since } ?? false }

  /// Whether several unlike recipients were refused alike since the last acceptance; of suspects it takes more of them.
  private func isGeneral(_ fingerprint: String) -> Bool {
    let alike = memory.run.filter { $0.fingerprint == fingerprint }
    return Set(alike.filter { !$0.isSuspect }.map(\.domain)).count >= Judge.several
      || Set(alike.map(\.domain)).count >= Judge.several && Set(alike.map(\.message)).count >= 2 * Judge.several
  }

  private func isRefusedBySeveral(_ domain: String) -> Bool {
    (memory.domains[domain]?.count ?? 0) >= Judge.several
      || Set(memory.run.filter { $0.domain == domain }.map(\.message)).count >= 2 * Judge.several
  }

  private mutating func noteDomain(_ domain: String, _ message: Int) {
    var messages = memory.domains[domain] ?? []
    guard messages.count < Judge.several, !messages.contains(message) else { return }
    // A bound for what is kept: with so many domains none of them is the exception.
    if messages.isEmpty && memory.domains.count >= 64 { memory.domains = [:] }
    messages.append(message)
    memory.domains[domain] = messages
  }

  /// Whether what was said then is part of a refusal that turned out to be about us; a minute later it may still be recorded.
  private func isOurs(_ held: Held) -> Bool {
    [held.fingerprint, Judge.key(held.fingerprint, held.domain)].contains {
      memory.ours[$0].map { held.at <= $0 + 60 } ?? false
    }
  }

  /// What is to be remembered of a domain that refuses everybody alike.
  private static func key(_ fingerprint: String, _ domain: String) -> String { "\(domain) \(fingerprint)" }

  /// Whether what a message was held for may be about it.
  private func counts(_ held: Held) -> Bool { !held.isOurs && !isOurs(held) }

  private func isOld(_ held: Held?, _ patience: Patience, at now: Double) -> Bool {
    held.map { $0.times >= patience.times && now - $0.since >= patience.seconds } ?? false
  }

  private mutating func noteOurs(_ fingerprint: String, at now: Double) {
    memory.ours[fingerprint] = now
    if memory.ours.count > 16, let oldest = memory.ours.min(by: { $0.value < $1.value }) {
      memory.ours[oldest.key] = nil
    }
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
    memory.again.removeAll { $0 == message }
    memory.twice.removeAll { $0 == message }
  }

  private mutating func hold(
    _ message: Int, _ domain: String, _ fingerprint: String, isOurs: Bool = true, _ doubt: Doubt? = nil,
    about: RefusalSubject? = nil, seconds: Double = 30, at now: Double
  ) -> Verdict {
    // Of two outages, with others in between that got through, the first one says nothing of the second.
    let before = held[message].flatMap { one in
      let goesOn = !gotThrough(since: one.at) || !isOurs && !one.isOurs
      return one.fingerprint == fingerprint && goesOn ? one : nil
    }
    let one = Held(
      domain: domain, doubt: doubt, fingerprint: fingerprint, isOurs: isOurs, times: (before?.times ?? 0) + 1,
      since: before?.since ?? now, at: now)
    held[message] = one
    if doubt == nil { doubted.remove(message) } else { doubted.insert(message) }
    return .held(one, seconds: seconds, about: about)
  }

  /// Half a minute, and then twice as long each time, at most an hour.
  private func pause(_ times: Int) -> Double { min(3600, 30 * Double(1 << min(times, 7))) }

  /// What the server does not say is learnt by asking again: often at first, because most troubles are short.
  private mutating func rest(for reading: Reading, _ words: String) -> Rest {
    let isNew = isNewRest(for: reading.action == .stop ? "stop" : reading.subject.rawValue)
    if let until = until(reading) { return Rest(words, base: until, cap: max(until, 3600), isNew: isNew) }
    switch reading.action {
    // Only a person can mend it, and may have done so already.
    case .stop: return Rest(words, base: 300, cap: 86_400, isNew: isNew)
    case .rest where reading.subject == .server: return Rest(words, base: 60, cap: 3600, isNew: isNew)
    // A day's quota is over bit by bit.
    default: return Rest(words, base: 300, cap: 3600, isNew: isNew)
    }
  }

  /// Whether the sender rests for something else than before.
  package mutating func isNewRest(for cause: String) -> Bool {
    defer { memory.restsFor = cause }
    return memory.restsFor != cause
  }

  /// When it is over, in the server's words; nobody knows what is in more than a day.
  private func until(_ reading: Reading) -> Double? { reading.until.map { min(max($0, 1), 86_400) } }

  /// For refusals that speak of leads: bad addresses do stand side by side in a list, so it is seconds at first.
  private mutating func shortRest(_ words: String) -> Rest {
    Rest(words, base: 5, cap: 900, isNew: isNewRest(for: "leads"))
  }

  /// Without the lead's address, which has no place in logs and in what a sender says of itself.
  private func redacted(_ words: String, lead: String) -> String {
    // Many servers name the mailbox alone; one or two letters are in any word.
    let mailbox = lead.prefix { $0 != "@" }
    let names = [lead, mailbox.count > 2 ? String(mailbox) : ""].map { $0.lowercased() }.filter { !$0.isEmpty }
    var text = ""
    var rest = Substring(words)
    while let first = rest.first {
      let lowercased = rest.lowercased()
      if let name = names.first(where: { lowercased.hasPrefix($0) }) {
        text += "…"
        rest = rest.dropFirst(name.count)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return text
  }
}
