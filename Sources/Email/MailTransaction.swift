import Campaign

/// What a mail server said of itself in its answer to EHLO (RFC 5321, 4.1.1.1).
package struct ServerCapabilities: Sendable, Hashable {
  /// Commands may be sent ahead of their replies (RFC 2920).
  package var pipelining = false
  /// Addresses may have characters outside ASCII (RFC 6531).
  package var smtpUTF8 = false
  /// The most octets that a message may have (RFC 1870); nil where the server does not say.
  package var sizeLimit: Int?
  /// MAIL may carry the size (RFC 1870).
  package var size = false
  /// The ways of logging in that are offered, in upper case (RFC 4954, 3).
  package var mechanisms: [String] = []
  /// Encryption can begin on this connection (RFC 3207).
  package var startTLS = false

  /// Nothing but what every server can.
  package init() {}

  /// Reads one line of the answer to EHLO without its code, for example `SIZE 1000000`.
  package mutating func read(_ line: Substring) {
    var words = line.uppercased().split(separator: " ")
    // The form from before RFC 2554, which some servers give beside the other: AUTH=LOGIN.
    if let first = words.first, first.hasPrefix("AUTH=") {
      words.replaceSubrange(..<1, with: ["AUTH", first.dropFirst(5)])
    }
    switch words.first {
    case "PIPELINING": pipelining = true
    case "SMTPUTF8": smtpUTF8 = true
    case "AUTH":
      for word in words.dropFirst() where !mechanisms.contains(String(word)) { mechanisms.append(String(word)) }
    case "STARTTLS": startTLS = true
    case "SIZE":
      size = true
      sizeLimit = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    default: break
    }
  }
}

/// One mail transaction (RFC 5321, 3.3) as a pure machine: it takes what was read and written, and says what to write
/// and how it ended. It is the part that decides between `deferred` and `unknown`: it knows whether any byte of the
/// final dot was handed to the socket.
package struct MailTransaction {
  /// How a transaction ended.
  package struct Ending: Sendable, Hashable {
    /// What became of the message, as far as this dialogue tells. Whose fault a refusal is it does not: see ``Judge``.
    package let outcome: Outcome
    /// Whether the connection can take another message.
    package let isReusable: Bool
    /// Where and how it was refused, or cut short before the final dot; nil where the outcome is no refusal.
    package let refusal: Refusal?
  }

  /// What cut a transaction short.
  package enum Interruption: Sendable, Hashable {
    /// The server closed the connection, or it broke.
    case closed(String)
    /// The time of one attempt is over.
    case timeout(Double)
    /// The deadline of the claim has passed.
    case deadline
  }

  private enum Command { case mail, rcpt, data, body, reset }

  /// What has to be written now.
  package var output: ArraySlice<UInt8> { buffer[written...] }
  /// How it ended, once it has.
  package private(set) var ending: Ending?

  private var buffer: [UInt8] = []
  private var written = 0
  /// Where the final dot stands in `buffer`, once the body is in it.
  private var dot = Int.max
  private var awaited: [Command] = []
  private var unsent: [(Command, String)] = []
  private var body: [UInt8]
  private var replies = ReplyReader()
  private var refusal: Refusal?
  private var answers = 0
  /// Whether the recipient was heard: what is said before that is about us.
  private var isRecipientAnswered = false
  private let isFirst: Bool

  /// - Parameters:
  ///   - from: the address of the return path.
  ///   - to: the only recipient's address.
  ///   - message: the message as ``EmailMessage/encoded()`` makes it: CRLF line ends, not dot-stuffed.
  ///   - isFirst: whether this is the first transaction of its connection.
  package init(
    from: Mailbox, to: Mailbox, message: [UInt8], server: ServerCapabilities, isFirst: Bool
  ) {
    self.isFirst = isFirst
    body = MailTransaction.dotStuffed(message)
    let needsUTF8 = !from.isASCII || !to.isASCII
    var parameters = ""
    if server.size { parameters += " SIZE=\(message.count)" }
    if needsUTF8 { parameters += " SMTPUTF8" }
    let mail = "MAIL FROM:<\(from.address)>\(parameters)\r\n"
    let rcpt = "RCPT TO:<\(to.address)>\r\n"
    let data = "DATA\r\n"
    // Before a word was said: the message cannot go to this server, whatever becomes of others.
    if needsUTF8 && !server.smtpUTF8 {
      end(.refused("the address has characters outside ASCII, which this server does not take (no SMTPUTF8)"), true)
    } else if let limit = server.sizeLimit, message.count > limit {
      end(.refused("the message has \(message.count) octets; this server takes at most \(limit)"), true)
    } else if server.pipelining {
      buffer.reserveCapacity(mail.utf8.count + rcpt.utf8.count + data.utf8.count)
      send(.mail, mail)
      send(.rcpt, rcpt)
      send(.data, data)
    } else {
      send(.mail, mail)
      unsent = [(.rcpt, rcpt), (.data, data)]
    }
  }

  /// So many bytes of ``output`` were handed to the socket.
  package mutating func wrote(_ count: Int) {
    written += count
    if written == buffer.count && dot == .max {
      buffer.removeAll(keepingCapacity: true)
      written = 0
    }
  }

  /// Bytes came from the server.
  package mutating func received(_ bytes: ArraySlice<UInt8>) {
    guard ending == nil else { return }
    replies.append(bytes)
    while ending == nil, let reply = replies.next() {
      guard let reply else {
        return interrupted(.closed("the server's answer is not SMTP"))
      }
      take(reply)
    }
  }

  /// The connection or the time came to an end.
  package mutating func interrupted(_ how: Interruption) {
    guard ending == nil else { return }
    // The verdict was there; only the tidying up was cut short.
    if let refusal { return refuse(refusal, false) }
    let dotWasTouched = written > dot
    switch how {
    case .closed(let why):
      if dotWasTouched {
        end(.unknown("\(why) after the final dot"), false)
      } else if answers == 0 && !isFirst {
        // The server hung up between two mails; this one was not begun.
        end(.returned(why), false)
      } else {
        refuse(Refusal(stage, "\(why) before the final dot"), false)
      }
    case .timeout(let seconds):
      if dotWasTouched {
        end(.unknown("no answer to the final dot within \(seconds) s"), false)
      } else {
        refuse(Refusal(stage, "no answer within \(seconds) s"), false)
      }
    case .deadline:
      end(
        dotWasTouched ? .unknown("no answer to the final dot before the deadline") : .returned("the deadline passed"),
        false)
    }
  }

  /// Where the dialogue stands: what the server has to answer next.
  private var stage: Stage {
    guard isRecipientAnswered else { return awaited.first == .rcpt ? .rcpt : .mail }
    return dot == .max ? .data : .dot
  }

  // MARK: - Replies

  private mutating func take(_ reply: Reply) {
    answers += 1
    if reply.code == 421 {
      // Closing (RFC 5321, 3.8): it may answer any command, and nothing follows it. As the first answer on a connection
      // that has sent mails before, it means the connection ("too many messages"), not this message.
      let isGoodbye = answers == 1 && !isFirst && dot == .max
      return isGoodbye && refusal == nil
        ? end(.returned(reply.text), false) : refuse(refusal ?? Refusal(stage, reply), false)
    }
    // Something that nobody asked for.
    guard !awaited.isEmpty else { return refuse(Refusal(stage, reply), false) }
    if awaited.first == .body && written < buffer.count {
      // An answer before the whole body was written is no answer to it, and the rest of the body must not go on: the
      // server would take it for commands, or the next commands for the body.
      let early = "the server answered before the end of the mail: \(reply.text)"
      return written > dot ? end(.unknown(early), false) : refuse(Refusal(.dot, reply, early), false)
    }
    let command = awaited.removeFirst()
    if command == .rcpt { isRecipientAnswered = true }
    switch command {
    case .mail, .rcpt:
      // The first refusal; the answers to the commands that were sent along no longer matter.
      if !reply.isPositive { refusal = refusal ?? Refusal(command == .mail ? .mail : .rcpt, reply) }
      proceed()
    case .data:
      if reply.code == 354 && refusal == nil {
        sendBody()
      } else if reply.code == 354, let refusal {
        // The recipient was refused, and yet the server waits for a message. RFC 2920, 3.1 would have us send an empty
        // one; hanging up is as good, and cannot be taken for a mail by anybody.
        refuse(refusal, false)
      } else {
        refusal = refusal ?? Refusal(.data, reply)
        proceed()
      }
    case .body:
      if reply.isPositive {
        end(.accepted(providerID: reply.queueID), true)
      } else if reply.isTransient || reply.isPermanent {
        refuse(Refusal(.dot, reply), true)
      } else {
        end(.unknown("an answer to the final dot that is none: \(reply.text)"), false)
      }
    case .reset:
      refuse(refusal ?? Refusal(.mail, reply), reply.isPositive)
    }
  }

  private mutating func proceed() {
    if refusal != nil {
      unsent = []
      if awaited.isEmpty { send(.reset, "RSET\r\n") }
    } else {
      sendNext()
    }
  }

  // MARK: - Output

  private mutating func send(_ command: Command, _ line: String) {
    buffer += line.utf8
    awaited.append(command)
  }

  private mutating func sendNext() {
    guard !unsent.isEmpty else { return }
    let (command, line) = unsent.removeFirst()
    send(command, line)
  }

  private mutating func sendBody() {
    buffer.removeAll()
    written = 0
    swap(&buffer, &body)
    dot = buffer.count
    buffer += ".\r\n".utf8
    awaited.append(.body)
  }

  private mutating func refuse(_ refusal: Refusal, _ isReusable: Bool) {
    let outcome = refusal.isPermanent ? Outcome.refused(refusal.words) : .deferred(refusal.words)
    finish(Ending(outcome: outcome, isReusable: isReusable, refusal: refusal))
  }

  private mutating func end(_ outcome: Outcome, _ isReusable: Bool) {
    finish(Ending(outcome: outcome, isReusable: isReusable, refusal: nil))
  }

  private mutating func finish(_ ending: Ending) {
    self.ending = ending
    buffer = []
    written = 0
    dot = .max
  }

  /// Doubles a dot at the beginning of a line (RFC 5321, 4.5.2), and sees to a line end at the end.
  static func dotStuffed(_ message: [UInt8]) -> [UInt8] {
    // Our own mails have none, and end as they should: no copy of them is made.
    var previous: UInt8 = 0x0A
    let hasDot = message.contains { octet in
      defer { previous = octet }
      return octet == UInt8(ascii: ".") && previous == 0x0A
    }
    if !hasDot && message.last == 0x0A { return message }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(message.count + 64)
    var atLineStart = true
    for byte in message {
      if atLineStart && byte == UInt8(ascii: ".") { bytes.append(byte) }
      bytes.append(byte)
      atLineStart = byte == 0x0A
    }
    if !atLineStart { bytes += "\r\n".utf8 }
    return bytes
  }
}
