import Campaign
import Testing

@testable import Email

/// Replies as servers give them, and a sender's judge who hears them one behind the other.
private struct Court {
  var judge = Judge(own: ["rig@rig.test", "rig.test"])
  var now = 1_000_000.0

  /// What was recorded of a message, in short.
  enum Said: Equatable { case failed(suppressed: Bool), deferred, held, doubted }

  mutating func accept(_ message: Int) -> [Int] {
    judge.accepted(message, domain: "d\(message).test", at: now).map(\.message)
  }

  @discardableResult
  mutating func refuse(
    _ message: Int, _ text: String, at stage: Stage = .rcpt, domain: String? = nil
  ) -> (said: Said, rests: Bool) {
    let lines = text.split(separator: "\n").map(String.init)
    let code = Int(lines[0].prefix(3)) ?? 0
    let reply = Reply(code: code, lines: lines.map { String($0.dropFirst(4)) })
    judge.began(message, at: now)
    let (verdict, rest) = judge.refused(
      message, to: "lead\(message)@\(domain ?? "d\(message).test")", domain: domain ?? "d\(message).test",
      Refusal(stage, reply), at: now)
    let said: Said =
      switch verdict {
      case .lead(.refused, let about): .failed(suppressed: about == .address)
      case .lead: .deferred
      case .held(let held, _, _): held.doubt == nil ? .held : .doubted
      }
    return (said, rest != nil)
  }
}

private let unknownUser = "550 5.1.1 User unknown"
private let quota = "550 5.4.5 Daily user sending limit exceeded"

@Suite struct JudgeTests {
  /// Believed at once, the first refusal of an outage that says "user unknown" of everybody would suppress a lead.
  @Test("A refusal is believed of its lead when others got through behind it, and not before")
  func believed() {
    var court = Court()
    #expect(court.accept(1) == [])
    #expect(court.refuse(2, unknownUser) == (.doubted, false))
    #expect(court.refuse(3, "452 4.2.2 mailbox full") == (.doubted, false))
    #expect(court.accept(4) == [2, 3])
    #expect(court.accept(5) == [], "once")
  }

  /// The message is out again: what the first attempt was told no longer counts.
  @Test("A doubt about a message that is with the server again is settled by its own answer")
  func again() {
    var court = Court()
    court.refuse(2, unknownUser)
    court.judge.began(2, at: court.now)
    #expect(court.accept(4) == [])
  }

  /// This is what stopped a sender for ever when one lead's address had "relay" in it.
  @Test(
    "One refusal among acceptances never lets the sender rest, whatever it says", arguments: Stage.allCases.suffix(3))
  func alone(stage: Stage) {
    for text in [quota, unknownUser, "554 5.7.1 Relay access denied", "553 5.7.1 Sender address rejected: not owned"] {
      var court = Court()
      for round in 0..<20 {
        _ = court.accept(100 + round)
        #expect(!court.refuse(2, text, at: stage).rests, "\(text)")
        court.now += 60
      }
    }
  }

  /// It means this one, and nobody can wait for ever.
  @Test("Refused again and again while others get through, a message has failed, whatever the words")
  func inTheEnd() {
    for text in [quota, "554 5.7.1 Relay access denied", "550 Denied by policy"] {
      var court = Court()
      var settled: [Int] = []
      for round in 0..<20 {
        court.now += 600
        settled += court.accept(100 + round)
        court.now += 1
        // Not within the hour in which its domain, or the provider, may have been in a bad mood.
        if round < 12 { #expect(settled == [], "\(text)") }
        if settled == [] { #expect(!court.refuse(2, text).rests) }
      }
      #expect(settled == [2], "\(text)")
    }
  }

  /// Ten to a hundred and fifty leads were failed by a daily quota.
  @Test("Two leads that are told of a quota let the sender rest, and neither pays")
  func quotas() {
    var court = Court()
    _ = court.accept(1)
    #expect(court.refuse(2, quota, at: .dot) == (.held, false))
    #expect(court.refuse(3, quota, at: .dot) == (.held, true))
    #expect(court.accept(4) == [], "they are tried anew")
  }

  /// Before it has taken anything, there is no lead that it could mean.
  @Test("What a server says of the sender to its first mail lets the sender rest at once")
  func first() {
    var court = Court()
    #expect(court.refuse(1, "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname") == (.held, true))
  }

  /// MAIL carries nothing of the lead.
  @Test(
    "A refusal before the recipient was heard costs nobody anything; of its size or its alphabet it is the message's")
  func mail() {
    for text in ["452 4.3.1 Insufficient system storage", "550 5.7.1 not you", "421 4.7.0 too many", "451 later"] {
      var court = Court()
      _ = court.accept(1)
      #expect(court.refuse(2, text, at: .mail) == (.held, true), "\(text)")
    }
    for text in ["552 5.3.4 Message size exceeds fixed limit", "553 5.6.7 Must declare SMTPUTF8"] {
      var court = Court()
      _ = court.accept(1)
      #expect(court.refuse(2, text, at: .mail) == (.doubted, false), "\(text)")
    }
  }

  /// iCloud did this for a day: lists were suppressed for it.
  @Test(
    "The same refusal of three unlike recipients in a row is ours: the sender rests, and nothing is believed of them")
  func outage() {
    for text in [unknownUser, "550 5.7.1 Access denied", "450 4.2.1 try later", "554 5.7.1 message content rejected"] {
      var court = Court()
      _ = court.accept(1)
      #expect(!court.refuse(2, text, at: .dot).rests)
      #expect(!court.refuse(3, text, at: .dot).rests)
      let third = court.refuse(4, text, at: .dot)
      #expect(third == (.held, true), "\(text)")
      #expect(court.accept(5) == [], "\(text)")
    }
  }

  /// Addresses and ids in a text differ from one reply to the next, and its words do not.
  @Test("Refusals that differ only in addresses and numbers are alike")
  func alike() {
    var court = Court()
    _ = court.accept(1)
    for message in 2...3 {
      court.refuse(message, "550 5.1.1 <lead\(message)@d\(message).test>: no such user (id 4X\(message)99)")
    }
    #expect(court.refuse(4, "550 5.1.1 <lead4@d4.test>: no such user (id 77AB)").rests)
  }

  /// Bad addresses of one company stand side by side in a list; that must not stop the others.
  @Test("Refusals of one domain do not let the sender rest; but of a domain that refuses everybody nothing is believed")
  func oneDomain() {
    var court = Court()
    _ = court.accept(1)
    for message in 2...4 { #expect(!court.refuse(message, unknownUser, domain: "big.test").rests) }
    #expect(court.accept(5) == [])
    // As soon as it takes somebody it is believed again, of those that it refuses again.
    court.now += 300
    #expect(court.judge.accepted(6, domain: "big.test", at: court.now).map(\.message) == [])
    court.now += 1
    court.refuse(2, unknownUser, domain: "big.test")
    #expect(court.accept(7) == [2])
  }

  /// An acceptance that was under way when an outage began would blame the first one that the outage met.
  @Test("Only who was handed over behind a refusal can tell that it was about its lead")
  func underWay() {
    var court = Court()
    _ = court.accept(1)
    court.judge.began(3, at: court.now)
    court.now += 1
    court.refuse(2, unknownUser)
    court.now += 1
    #expect(court.accept(3) == [])
    court.judge.began(4, at: court.now)
    #expect(court.accept(4) == [2])
  }

  /// With one message in half an hour, an hour in which "no such user" is said of everybody has two of them.
  @Test("Where little is sent, a refusal is believed when it was said twice, with others in between that got through")
  func sparse() {
    var court = Court()
    _ = court.accept(1)
    court.now += 1800
    court.refuse(2, unknownUser)
    court.now += 1800
    #expect(court.accept(3) == [])
    court.now += 1800
    court.refuse(2, unknownUser)
    court.now += 1800
    #expect(court.accept(4) == [2])
  }

  /// The first message of a second outage would be blamed for the first outage.
  @Test("A message that a quota has held is not blamed when the next quota meets it first")
  func twoOutages() {
    var court = Court()
    for _ in 0..<12 {
      _ = court.accept(1)
      court.now += 1
      #expect(court.refuse(2, quota, at: .dot).said == .held)
      #expect(court.refuse(3, quota, at: .dot) == (.held, true))
      court.now += 7200
    }
  }

  /// Of a campaign only bad addresses are left, and nobody comes behind them any more.
  @Test("Refused alike for hours after others got through, the last ones are settled")
  func lastOnes() {
    var court = Court()
    for message in 11...12 {
      #expect(court.accept(message) == [])
      court.now += 600
      for bad in 1...2 { court.refuse(bad, unknownUser) }
      court.now += 600
    }
    var failed: Set<Int> = []
    for _ in 0..<24 {
      for bad in Set(1...2).subtracting(failed) {
        if court.refuse(bad, unknownUser).said == .failed(suppressed: true) { failed.insert(bad) }
      }
      court.now += 3600
    }
    #expect(failed == [1, 2])
  }

  /// A provider says it of everybody for half a day: all retries were used up.
  @Test("Who greylists several for longer than greylisting lasts, and takes nobody, is in trouble")
  func longGreylisting() {
    var court = Court()
    for message in 1...3 { #expect(court.refuse(message, "451 4.7.1 try again later") == (.deferred, false)) }
    court.now += 3600
    #expect(court.refuse(1, "451 4.7.1 try again later") == (.held, true))
  }

  /// A series of troubles would make the last one look long: a name that was refused once costs hours.
  @Test("A rest for something else begins anew")
  func newRest() {
    var judge = Judge(own: [])
    func rest(_ code: Int, _ text: String) -> Judge.Rest? {
      judge.refused(1, to: "a@x.test", domain: "x.test", Refusal(.mail, Reply(code: code, lines: [text])), at: 0).1
    }
    #expect(rest(452, "4.3.1 Insufficient system storage")?.isNew == true)
    #expect(rest(452, "4.3.1 Insufficient system storage")?.isNew == false)
    #expect(rest(550, "5.7.0 Your account has been suspended")?.isNew == true)
  }

  /// Greylisting answers every first attempt: it is no sign of anything.
  @Test("A greylisted recipient is tried again later, as one of its attempts, and says nothing of others")
  func greylisting() {
    var court = Court()
    for message in 1...5 {
      #expect(court.refuse(message, "450 4.2.0 Greylisted, please come back") == (.deferred, false))
    }
  }

  /// The last mail of a list has nobody behind it.
  @Test("The only refusal since others got through is believed when nothing else is due; one of two is not")
  func drained() {
    var court = Court()
    _ = court.accept(1)
    court.refuse(2, unknownUser)
    #expect(court.judge.drained(at: court.now).map(\.message) == [2])
    _ = court.accept(3)
    court.refuse(4, unknownUser)
    court.refuse(5, "550 5.2.1 mailbox disabled")
    #expect(court.judge.drained(at: court.now).isEmpty)
    var fresh = Court()
    fresh.refuse(2, unknownUser)
    #expect(fresh.judge.drained(at: fresh.now).isEmpty, "nobody has shown that the sender is well")
  }

  /// A tick may send one message only: what it has seen must not be lost with it.
  @Test("What a judge remembers goes on in the next tick")
  func memory() {
    var court = Court()
    _ = court.accept(1)
    court.refuse(2, unknownUser)
    court.now += 60
    court.judge = Judge(own: [], memory: court.judge.memory)
    court.refuse(3, unknownUser)
    court.now += 60
    court.judge = Judge(own: [], memory: court.judge.memory)
    #expect(court.refuse(4, unknownUser).rests)
  }

  /// Logs and the status of a sender are no place for a lead's address.
  @Test("The words with which a sender rests have no address of a lead in them")
  func redacted() {
    var judge = Judge(own: [])
    let reply = Reply(code: 504, lines: ["5.5.2 <Bob@x.test>: Helo command rejected: bob@x.test"])
    let (_, rest) = judge.refused(1, to: "bob@x.test", domain: "x.test", Refusal(.rcpt, reply), at: 0)
    #expect(rest?.words == "504 5.5.2 <…>: Helo command rejected: …")
    let named = Reply(code: 550, lines: ["5.4.5 quota exceeded while writing to jane.doe"])
    let (_, other) = judge.refused(
      2, to: "jane.doe@x.test", domain: "x.test", Refusal(.mail, named), at: 0)
    #expect(other?.words == "550 5.4.5 quota exceeded while writing to …")
  }
}
