import Campaign
import Foundation
import Testing

@testable import Email

/// A pseudo-random generator with a seed (SplitMix64).
private struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A fortnight of one sender with a provider that changes its mind by the hour, without a database and a network: what a
/// tick does with a judge, in a few lines, and what is true, which the judge does not know.
private struct Fortnight {
  enum Truth { case well, gone, full, disliked }
  enum Mood: CaseIterable {
    case well, quota, rate, disk, lookup, helo, unknownUsers, oneDomain, denied, deniedDomain, greylisting, hangUp,
      suspended, callout, content
  }
  struct Message {
    let lead: Int
    let domain: String
    let truth: Truth
    let followsUp: Bool
    var scheduledFor: Double
    var notBefore = 0.0
    var attempt = 0
    var state = "pending"
    var isSuppressed = false
    var wasGreylisted = false
    var held: Judge.Held?
    var address: String { "lead\(lead)@\(domain)" }
  }

  var dice: Dice
  var messages: [Message] = []
  var moods: [Mood] = []
  let connections: Int
  /// How many a tick sends at most, and how many seconds are from one tick to the next.
  let most: Int
  let period: Double
  let perDay: Int
  var memory = Judge.Memory()
  var trouble = false
  var restUntil = 0.0
  var rests = 0
  var deadUntil: [String: (until: Double, rests: Int)] = [:]
  var now = 0.0
  var sentToday = 0
  // What is measured.
  var restsInAll = 0
  var triesInMood = 0
  var mostTriesInMood = 0
  var wrong: [String] = []
  var trace: [String] = []
  let isTraced: Bool

  static let days = 14

  init(seed: UInt64, isTraced: Bool = false) {
    self.isTraced = isTraced
    dice = Dice(state: seed)
    let leads = [1, 4, 12, 40, 150].randomElement(using: &dice) ?? 1
    let domains = [1, 3, 12, 1000].randomElement(using: &dice) ?? 1
    connections = [1, 4, 16].randomElement(using: &dice) ?? 1
    most = [1, 1, 8, 1000].randomElement(using: &dice) ?? 1
    period = 60 * Double(Int.random(in: 1...(most == 1 ? 10 : 60), using: &dice))
    perDay = [20, 10_000].randomElement(using: &dice) ?? 20
    // Where nobody is ever accepted, nobody can tell: of a long list of such leads the sender stands.
    let shareOfGone: Double = [0, 0.05, 0.3, leads > 4 || domains == 1 ? 0.3 : 1].randomElement(using: &dice) ?? 0
    for lead in 0..<leads {
      var truth = Double.random(in: 0..<1, using: &dice) < shareOfGone ? Truth.gone : .well
      if lead % 37 == 11 { truth = .full }
      if lead % 41 == 17 { truth = .disliked }
      let domain = domains == 1000 ? "d\(lead).test" : "d\(Int.random(in: 0..<domains, using: &dice)).test"
      let start = Double.random(in: 0..<3 * 86_400, using: &dice).rounded()
      messages.append(
        Message(
          lead: lead, domain: domain, truth: truth, followsUp: truth == .well && Bool.random(using: &dice),
          scheduledFor: Bool.random(using: &dice) ? 0 : start))
    }
    let bad = Double.random(in: 0..<0.8, using: &dice)
    while moods.count < 24 * 9 {
      guard Double.random(in: 0..<1, using: &dice) < bad else {
        moods.append(.well)
        continue
      }
      let mood = Mood.allCases.randomElement(using: &dice) ?? .well
      let hours =
        mood == .suspended ? Int.random(in: 1...20, using: &dice) : [1, 1, 1, 2, 5].randomElement(using: &dice) ?? 1
      moods += Array(repeating: mood, count: hours)
    }
  }

  var mood: Mood {
    let hour = Int(now / 3600)
    return hour < moods.count ? moods[hour] : .well
  }

  /// What the server says, or nil: it accepts.
  mutating func answer(_ index: Int) -> Refusal? {
    let message = messages[index]
    func says(_ stage: Stage, _ text: String) -> Refusal {
      Refusal(stage, Reply(code: Int(text.prefix(3)) ?? 0, lines: [String(text.dropFirst(4))]))
    }
    switch mood {
    case .disk: return says(.mail, "452 4.3.1 Insufficient system storage")
    case .hangUp: return Refusal(.mail, "the server hung up")
    case .helo: return says(.rcpt, "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname")
    case .lookup: return says(.rcpt, "451 4.3.0 <\(message.address)>: Temporary lookup failure")
    case .unknownUsers: return says(.rcpt, "550 5.1.1 <\(message.address)>: User unknown")
    case .denied: return says(.rcpt, "550 5.7.1 Access denied")
    case .callout: return says(.rcpt, "550 5.1.0 Sender verify failed for <rig@rig.test>: callout failed")
    case .oneDomain where message.domain == "d1.test":
      return says(.rcpt, "421 4.7.0 [192.0.2.1] Too many connections from your host")
    case .deniedDomain where message.domain == "d1.test": return says(.rcpt, "550 5.7.1 Access denied")
    case .greylisting where !message.wasGreylisted:
      messages[index].wasGreylisted = true
      return says(.rcpt, "450 4.2.0 <\(message.address)>: Recipient address rejected: Greylisted")
    default: break
    }
    switch message.truth {
    case .gone: return says(.rcpt, "550 5.1.1 <\(message.address)>: User unknown")
    case .full where now < 3 * 86_400: return says(.rcpt, "452 4.2.2 <\(message.address)>: Mailbox full")
    case .disliked: return says(.rcpt, "550 5.7.1 Access denied")
    default: break
    }
    switch mood {
    case .quota: return says(.dot, "550 5.4.5 Daily user sending limit exceeded")
    case .rate: return says(.dot, "454 Throttling failure: Maximum sending rate exceeded.")
    case .suspended: return says(.dot, "550 5.7.0 Your account has been suspended")
    case .content: return says(.dot, "554 5.7.1 Message content rejected as spam")
    default: return nil
    }
  }

  func isDue(_ index: Int) -> Bool {
    let message = messages[index]
    return message.state == "pending" && message.scheduledFor <= now && message.notBefore <= now
      && (deadUntil[message.domain]?.until ?? 0) <= now
  }

  /// Follow-ups first; in trouble who has waited longest.
  func next(_ count: Int) -> [Int] {
    let due = messages.indices.filter(isDue)
    let sorted = due.sorted {
      let (a, b) = (messages[$0], messages[$1])
      if !trouble && a.followsUp != b.followsUp { return a.followsUp }
      return (a.scheduledFor, $0) < (b.scheduledFor, $1)
    }
    return Array(sorted.prefix(count))
  }

  mutating func settle(_ index: Int, _ outcome: Outcome, about: RefusalSubject?, _ why: String) {
    let truth = messages[index].truth
    switch outcome {
    case .refused:
      messages[index].state = "failed"
      messages[index].isSuppressed = about == .address
      if truth == .well || truth == .full { wrong.append("\(index) \(truth) failed at \(now / 3600): \(why)") }
      if about == .address && truth != .gone && truth != .disliked {
        wrong.append("\(index) \(truth) was suppressed at \(now / 3600): \(why)")
      }
    case .deferred:
      messages[index].attempt += 1
      if messages[index].attempt > 3 {
        messages[index].state = "failed"
        if truth == .well { wrong.append("\(index) out of retries at \(now / 3600): \(why)") }
      }
      messages[index].scheduledFor = now + 3600
    default: break
    }
    messages[index].held = nil
  }

  mutating func hold(_ index: Int, _ held: Judge.Held, seconds: Double) {
    let message = messages[index]
    if held.doubt?.word != .deferred || message.held != nil {
      messages[index].scheduledFor = max(message.scheduledFor, now)
    }
    messages[index].notBefore = now + seconds
    messages[index].held = held
  }

  mutating func rest(_ rest: Judge.Rest) {
    trouble = true
    guard restUntil <= now else { return }
    let nth = rest.isNew ? min(rests, 2) : rests
    restUntil = now + min(rest.cap, rest.base * pow(2, Double(min(nth, 20))))
    rests = nth + 1
    restsInAll += 1
  }

  mutating func tick() {
    let begun = now
    var held: [Int: Judge.Held] = [:]
    for (index, message) in messages.enumerated() where message.state == "pending" {
      held[index] = message.held
    }
    var judge = Judge(own: ["rig@rig.test", "rig.test"], memory: memory, held: held)
    var left = min(most, perDay - sentToday)
    while left > 0, now - begun < 50 {
      if restUntil > now {
        guard restUntil < begun + 50 else { break }
        now = restUntil
      }
      let batch = next(min(left, trouble ? 1 : connections))
      guard !batch.isEmpty else { break }
      left -= batch.count
      for index in batch { judge.began(index, at: now) }
      let handedOver = now
      for index in batch.shuffled(using: &dice) {
        now += Double.random(in: 0..<0.2, using: &dice)
        let domain = messages[index].domain
        triesInMood += 1
        guard let refusal = answer(index) else {
          messages[index].state = "sent"
          sentToday += 1
          for (other, doubt) in judge.accepted(index, domain: domain, at: now) {
            settle(other, doubt.outcome, about: doubt.about, "believed behind \(index), \(doubt.reason)")
          }
          if handedOver >= restUntil { (trouble, rests) = (false, 0) }
          deadUntil[domain] = nil
          if isTraced { trace.append("\(now / 3600) \(index) accepted") }
          continue
        }
        let (verdict, rest) = judge.refused(index, to: messages[index].address, domain: domain, refusal, at: now)
        if isTraced {
          trace.append(
            "\(now / 3600) \(mood) \(index) \(messages[index].truth) \(refusal.words): \(verdict) \(String(describing: rest))"
          )
        }
        if let rest { self.rest(rest) }
        switch verdict {
        case .lead(let outcome, let about):
          settle(index, outcome, about: about, "at once, \(mood): \(refusal.words)")
          if trouble && rest == nil { (trouble, rests) = (false, 0) }
        case .held(let held, let seconds, let about):
          hold(index, held, seconds: seconds)
          if about == .domain {
            let rests = deadUntil[domain]?.rests ?? 0
            deadUntil[domain] = (now + min(14_400, 300 * pow(2, Double(min(rests, 10)))), rests + 1)
          }
        }
      }
    }
    if left > 0 {
      for (other, doubt) in judge.drained(at: now) {
        settle(other, doubt.outcome, about: doubt.about, "drained, \(doubt.reason)")
      }
    }
    memory = judge.memory
  }

  mutating func run() {
    var hour = -1
    while now < Double(Fortnight.days) * 86_400 {
      let begun = now
      if Int(now / 3600) != hour {
        hour = Int(now / 3600)
        if hour % 24 == 0 { sentToday = 0 }
        if mood != .well, mood != .greylisting, mood != .oneDomain, mood != .deniedDomain {
          mostTriesInMood = max(mostTriesInMood, triesInMood)
        }
        triesInMood = 0
      }
      tick()
      now = max(now, begun + period)
      if messages.allSatisfy({ $0.state != "pending" }) { break }
    }
    for (index, message) in messages.enumerated() where message.state == "pending" {
      wrong.append("\(index) \(message.truth) is left: held \(String(describing: message.held))")
    }
    for (index, message) in messages.enumerated() where message.state == "sent" && message.truth == .gone {
      wrong.append("\(index) does not exist, and was sent")
    }
  }
}

@Suite struct JudgeHistoriesTests {
  /// Each rule is right by itself; what is wrong is one hour's doubt that another hour believes, and the last message of all.
  @Test("In any fortnight nobody pays for what is not its fault, and everybody is settled in the end")
  func fortnights() async {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["CAMPANILE_SEED"].flatMap(UInt64.init) ?? 587_316
    let count = environment["CAMPANILE_HISTORIES"].flatMap(Int.init) ?? 12
    var (wrong, rests, tries, leads) = (0, 0, 0, 0)
    var most = 0
    for history in 0..<count {
      // It computes for long: others wait for their turn.
      await Task.yield()
      var fortnight = Fortnight(seed: seed &* 10_000 &+ UInt64(history))
      fortnight.run()
      rests += fortnight.restsInAll
      leads += fortnight.messages.count
      tries += fortnight.mostTriesInMood
      most = max(most, fortnight.mostTriesInMood)
      if !fortnight.wrong.isEmpty {
        wrong += 1
        if wrong <= 30 {
          print(
            "\(seed):\(history) \(fortnight.messages.count) leads, \(Set(fortnight.messages.map(\.domain)).count) domains, c\(fortnight.connections) m\(fortnight.most) p\(fortnight.period) d\(fortnight.perDay): \(fortnight.wrong.count) \(fortnight.wrong.prefix(2))"
          )
        }
      }
    }
    print(
      "histories: seed \(seed), \(count), \(leads) leads, \(rests) rests, \(wrong) wrong; most tries in a bad hour \(most)"
    )
    #expect(wrong == 0)
    if let one = environment["CAMPANILE_TRACE"].flatMap(UInt64.init) {
      var fortnight = Fortnight(seed: seed &* 10_000 &+ one, isTraced: true)
      fortnight.run()
      for line in fortnight.trace { print(line) }
      print(fortnight.wrong)
    }
  }
}
