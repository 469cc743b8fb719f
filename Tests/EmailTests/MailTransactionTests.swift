import Campaign
import Testing

@testable import Email

private let from = mailbox("ada@acme.test")
private let to = mailbox("bob@x.test")
private func mailbox(_ address: String) -> Mailbox {
  do { return try Mailbox(name: nil, address: address) } catch { preconditionFailure("\(error)") }
}

/// Feeds a transaction replies as the server would give them, and collects what it writes.
private struct Dialogue {
  var transaction: MailTransaction
  var written: [UInt8] = []

  init(
    pipelining: Bool, message: String = "Subject: x\r\n\r\nbody\r\n", to: Mailbox = to, isFirst: Bool = true,
    server more: (inout ServerCapabilities) -> Void = { _ in }
  ) {
    var server = ServerCapabilities()
    server.pipelining = pipelining
    more(&server)
    transaction = MailTransaction(
      from: from, to: to, message: Array(message.utf8), server: server, isFirst: isFirst)
    write()
  }

  mutating func write() {
    written += transaction.output
    transaction.wrote(transaction.output.count)
  }

  mutating func hear(_ replies: String...) {
    for reply in replies {
      transaction.received(Array((reply + "\r\n").utf8)[...])
      write()
    }
  }

  var text: String { String(decoding: written, as: UTF8.self) }
  var outcome: Outcome? { transaction.ending?.outcome }
}

@Suite struct MailTransactionTests {
  /// What goes over the wire is what RFC 5321 says, whether the commands go one by one or in a group.
  @Test("A mail is handed over with MAIL, RCPT, DATA, the body and a dot", arguments: [true, false])
  func wire(pipelining: Bool) {
    var dialogue = Dialogue(pipelining: pipelining)
    #expect(
      dialogue.text
        == (pipelining
          ? "MAIL FROM:<ada@acme.test>\r\nRCPT TO:<bob@x.test>\r\nDATA\r\n" : "MAIL FROM:<ada@acme.test>\r\n"))
    dialogue.hear("250 ok", "250 ok", "354 go on")
    dialogue.hear("250 2.0.0 Ok: queued as 4XYZ")
    #expect(
      dialogue.text
        == "MAIL FROM:<ada@acme.test>\r\nRCPT TO:<bob@x.test>\r\nDATA\r\nSubject: x\r\n\r\nbody\r\n.\r\n")
    #expect(dialogue.outcome == .accepted(providerID: "4XYZ"))
    #expect(dialogue.transaction.ending?.isReusable == true)
  }

  /// A line with a single dot in a lead's text would end the mail, and what follows would be taken for commands.
  @Test("A dot at the beginning of a line is doubled")
  func dots() {
    var dialogue = Dialogue(pipelining: true, message: "a\r\n.\r\n..b\r\n")
    dialogue.hear("250 ok", "250 ok", "354 go on")
    #expect(dialogue.text.hasSuffix("DATA\r\na\r\n..\r\n...b\r\n.\r\n"))
  }

  /// Before the dot a mail cannot have been accepted; after it, it may have been: the difference between sending again
  /// and never sending again.
  @Test("A connection that breaks before the final dot defers, after it the fate is unknown", arguments: [true, false])
  func breaks(pipelining: Bool) {
    for replies in [[], ["250 ok"], ["250 ok", "250 ok"]] {
      var dialogue = Dialogue(pipelining: pipelining)
      for reply in replies { dialogue.hear(reply) }
      dialogue.transaction.interrupted(.closed("gone"))
      #expect(dialogue.outcome == .deferred("gone before the final dot"))
    }
    var dialogue = Dialogue(pipelining: pipelining)
    dialogue.hear("250 ok", "250 ok", "354 go on")
    dialogue.transaction.interrupted(.closed("gone"))
    #expect(dialogue.outcome == .unknown("gone after the final dot"))
    #expect(dialogue.transaction.ending?.isReusable == false)
  }

  /// The body may leave in pieces; only the piece with the dot makes the difference.
  @Test("A body of which the dot was not yet written is surely not delivered")
  func partial() {
    for (how, outcome) in [
      (MailTransaction.Interruption.closed("gone"), Outcome.deferred("gone before the final dot")),
      (.timeout(2), .deferred("no answer within 2.0 s")), (.deadline, .returned("the deadline passed")),
    ] {
      var dialogue = Dialogue(pipelining: true)
      for reply in ["250 ok\r\n", "250 ok\r\n", "354 go on\r\n"] {
        dialogue.transaction.received(Array(reply.utf8)[...])
      }
      let body = dialogue.transaction.output.count
      dialogue.transaction.wrote(body - 3)
      dialogue.transaction.interrupted(how)
      #expect(dialogue.outcome == outcome)
    }
    for (how, outcome) in [
      (MailTransaction.Interruption.timeout(2), Outcome.unknown("no answer to the final dot within 2.0 s")),
      (.deadline, .unknown("no answer to the final dot before the deadline")),
    ] {
      var dialogue = Dialogue(pipelining: true)
      for reply in ["250 ok\r\n", "250 ok\r\n", "354 go on\r\n"] {
        dialogue.transaction.received(Array(reply.utf8)[...])
      }
      dialogue.transaction.wrote(dialogue.transaction.output.count - 2)
      dialogue.transaction.interrupted(how)
      #expect(dialogue.outcome == outcome)
    }
  }

  /// Sorting a refusal for now with the refusals for good loses a lead, the other way round annoys a server.
  @Test("4xx defers and 5xx refuses, at RCPT, at DATA and after the dot", arguments: [true, false])
  func refusals(pipelining: Bool) {
    for (reply, outcome) in [
      ("450 4.2.1 try later", Outcome.deferred("450 4.2.1 try later")),
      ("550 5.1.1 no such user", .refused("550 5.1.1 no such user")),
    ] {
      var atRecipient = Dialogue(pipelining: pipelining)
      atRecipient.hear("250 ok", reply)
      if pipelining { atRecipient.hear("503 5.5.1 no recipient") }
      #expect(atRecipient.text.hasSuffix("RSET\r\n"))
      atRecipient.hear("250 ok")
      #expect(atRecipient.outcome == outcome)
      #expect(atRecipient.transaction.ending?.isReusable == true)

      var atData = Dialogue(pipelining: pipelining)
      atData.hear("250 ok", "250 ok", reply, "250 ok")
      #expect(atData.outcome == outcome)

      var atDot = Dialogue(pipelining: pipelining)
      atDot.hear("250 ok", "250 ok", "354 go on", reply)
      #expect(atDot.outcome == outcome)
      #expect(atDot.transaction.ending?.isReusable == true)
    }
  }

  /// Where it was said is the first thing that tells whose fault a refusal is.
  @Test("A refusal says where in the dialogue it was said, and with which reply")
  func stages() {
    let greetings = ["250 ok", "250 ok", "354 go on"]
    for (count, stage) in [Stage.mail, .rcpt, .data, .dot].enumerated() {
      var dialogue = Dialogue(pipelining: false)
      for reply in greetings.prefix(count) { dialogue.hear(reply) }
      dialogue.hear("550 5.7.1 not allowed", "250 ok")
      #expect(dialogue.transaction.ending?.refusal?.stage == stage)
      #expect(dialogue.transaction.ending?.refusal?.reply?.codes == "550 5.7.1")

      var interrupted = Dialogue(pipelining: false)
      for reply in greetings.prefix(count) { interrupted.hear(reply) }
      interrupted.transaction.interrupted(.closed("gone"))
      #expect(interrupted.transaction.ending?.refusal?.stage == (stage == .dot ? nil : stage))
      #expect(interrupted.transaction.ending?.refusal?.reply == nil)
    }
  }

  /// 421 may answer any command, and nothing follows it: waiting for the other replies would be waiting for ever.
  @Test("421 defers at once and ends the connection", arguments: [0, 1, 2, 3])
  func closing(after count: Int) {
    var dialogue = Dialogue(pipelining: true)
    for reply in ["250 ok", "250 ok", "354 go on"].prefix(count) { dialogue.hear(reply) }
    dialogue.hear("421 4.3.2 closing")
    #expect(dialogue.outcome == .deferred("421 4.3.2 closing"))
    #expect(dialogue.transaction.ending?.isReusable == false)
  }

  /// A refused recipient and a server that wants the body all the same: the body must not go to nobody.
  @Test("No body is sent when the recipient was refused and DATA was accepted")
  func noRecipient() {
    var dialogue = Dialogue(pipelining: true)
    dialogue.hear("250 ok", "550 5.1.1 no such user", "354 go on")
    #expect(dialogue.outcome == .refused("550 5.1.1 no such user"))
    #expect(dialogue.transaction.ending?.isReusable == false)
    #expect(!dialogue.text.contains("body"))
  }

  /// A server that answers in pieces, in several lines or in many replies at once says the same.
  @Test("Replies are understood however they arrive")
  func pieces() {
    let replies = Array("250-one\r\n250 two\r\n250 ok\r\n354 go on\r\n".utf8)
    for split in 1..<replies.count {
      var dialogue = Dialogue(pipelining: true)
      dialogue.transaction.received(replies[..<split])
      dialogue.write()
      dialogue.transaction.received(replies[split...])
      dialogue.write()
      #expect(dialogue.text.hasSuffix("body\r\n.\r\n"))
    }
  }

  /// What is no reply cannot be trusted to be a yes, nor, after the dot, to be a no.
  @Test("Garbage before the dot defers, after it the fate is unknown")
  func garbage() {
    for garbage in ["hello", "25x ok", "99 ok", "\u{0}\u{0}\u{0}", "250ok"] {
      var before = Dialogue(pipelining: true)
      before.hear(garbage)
      #expect(before.outcome == .deferred("the server's answer is not SMTP before the final dot"))
      var after = Dialogue(pipelining: true)
      after.hear("250 ok", "250 ok", "354 go on", garbage)
      #expect(after.outcome == .unknown("the server's answer is not SMTP after the final dot"))
    }
    var odd = Dialogue(pipelining: true)
    odd.hear("250 ok", "250 ok", "354 go on", "354 go on")
    #expect(odd.outcome == .unknown("an answer to the final dot that is none: 354 go on"))
  }

  /// A server closes connections that idle too long: the message that finds this out was not begun.
  @Test("A connection that was closed between two mails gives the second one back")
  func stale() {
    var reused = Dialogue(pipelining: true, isFirst: false)
    reused.transaction.interrupted(.closed("gone"))
    #expect(reused.outcome == .returned("gone"))
    var fresh = Dialogue(pipelining: true, isFirst: true)
    fresh.transaction.interrupted(.closed("gone"))
    #expect(fresh.outcome == .deferred("gone before the final dot"))
  }

  /// The verdict was there; that the connection then breaks must not turn a refusal for good into another attempt.
  @Test("A refusal stands when the connection breaks while tidying up")
  func tidying() {
    var dialogue = Dialogue(pipelining: false)
    dialogue.hear("250 ok", "550 5.1.1 no such user")
    dialogue.transaction.interrupted(.closed("gone"))
    #expect(dialogue.outcome == .refused("550 5.1.1 no such user"))
  }

  /// A server that cannot take it would mangle the address, or the mail.
  @Test("An address outside ASCII needs SMTPUTF8, and a size limit is kept")
  func capabilities() {
    let bob = mailbox("bøb@x.test")
    #expect(Dialogue(pipelining: true, to: bob).text.isEmpty)
    guard case .refused? = Dialogue(pipelining: true, to: bob).outcome else {
      Issue.record("an address that the server cannot take was not refused")
      return
    }
    let able = Dialogue(pipelining: true, to: bob) { $0.smtpUTF8 = true }
    #expect(able.text.hasPrefix("MAIL FROM:<ada@acme.test> SMTPUTF8\r\nRCPT TO:<bøb@x.test>\r\n"))
    guard case .refused? = Dialogue(pipelining: true, server: { $0.sizeLimit = 10 }).outcome else {
      Issue.record("a message over the server's limit was not refused")
      return
    }
  }

  /// Taken for the verdict on the mail, an early answer would mark it sent that never left, and the next mail's commands
  /// would be written into its body.
  @Test("An answer before the whole mail was written is no verdict on it, and ends the connection")
  func early() {
    for (reply, outcome) in [
      (
        "250 2.0.0 queued as EARLY",
        Outcome.deferred("the server answered before the end of the mail: 250 2.0.0 queued as EARLY")
      ),
      ("452 4.3.1 full", .deferred("the server answered before the end of the mail: 452 4.3.1 full")),
      ("552 5.3.4 too big", .refused("the server answered before the end of the mail: 552 5.3.4 too big")),
    ] {
      var dialogue = Dialogue(pipelining: true)
      for reply in ["250 ok\r\n", "250 ok\r\n", "354 go on\r\n"] {
        dialogue.transaction.received(Array(reply.utf8)[...])
      }
      dialogue.transaction.wrote(5)
      dialogue.transaction.received(Array((reply + "\r\n").utf8)[...])
      #expect(dialogue.outcome == outcome)
      #expect(dialogue.transaction.ending?.isReusable == false)
      #expect(dialogue.transaction.output.isEmpty)
    }
  }

  /// "Too many messages in this connection" is about the connection: no lead may pay for it with an attempt.
  @Test("421 as the first answer on a connection that has sent before gives the message back")
  func goodbye() {
    var reused = Dialogue(pipelining: true, isFirst: false)
    reused.hear("421 4.7.0 too many messages")
    #expect(reused.outcome == .returned("421 4.7.0 too many messages"))
    var fresh = Dialogue(pipelining: true, isFirst: true)
    fresh.hear("421 4.7.0 go away")
    #expect(fresh.outcome == .deferred("421 4.7.0 go away"))
    var later = Dialogue(pipelining: true, isFirst: false)
    later.hear("250 ok", "421 4.7.0 go away")
    #expect(later.outcome == .deferred("421 4.7.0 go away"))
  }
}
