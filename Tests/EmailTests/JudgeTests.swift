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
    judge.began(message)
    let (verdict, rest) = judge.refused(
      message, to: "lead\(message)@\(domain ?? "d\(message).test")", domain: domain ?? "d\(message).test",
      Refusal(stage, reply), at: now)
    let said: Said =
      switch verdict {
      case .lead(.refused, let about): .failed(suppressed: about == .address)
      case .lead: .deferred
      case .held(_, let doubt, _): doubt == nil ? .held : .doubted
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
    court.judge.began(2)
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
      var said: [Court.Said] = []
      for round in 0..<12 {
        _ = court.accept(100 + round)
        court.now += 1
        said.append(court.refuse(2, text).said)
        court.now += 60
      }
      #expect(said.contains(.failed(suppressed: false)), "\(text): \(said)")
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
    // As soon as it takes somebody it is believed again.
    let settled = court.judge.accepted(6, domain: "big.test", at: court.now).map(\.message)
    #expect(settled == [2, 3, 4])
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
  }
}
