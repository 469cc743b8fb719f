import Foundation
import Testing

@testable import Email

/// One refusal with what may be done about it.
struct ReadingCase: CustomTestStringConvertible {
  let name: String
  let stage: Stage
  let text: String
  let about: String
  /// The actions that are right; the first is the best.
  let actions: [String]
  /// Whether nobody may decide it by this reply alone.
  var isHeldOnly: Bool { actions == ["hold"] }

  var testDescription: String { "\(name) \(stage) \(text)" }

  var reply: Reply {
    let lines = text.components(separatedBy: #"\n"#)
    return Reply(code: Int(text.prefix(3)) ?? 0, lines: lines.map { String($0.dropFirst(4)) }.filter { !$0.isEmpty })
  }

  /// In the corpus ours is rig@ and example.org; who else is named is the lead.
  var own: [String] { addresses.filter(isOurs) + ["rig@example.org", "rig.example.org"] }
  var lead: String? {
    guard [.rcpt, .data, .dot].contains(stage) else { return nil }
    let strangers = ["abuse", "contact", "tosa", "postmaster"]
    return addresses.first { !isOurs($0) && !strangers.contains(where: $0.hasPrefix) } ?? "ada@example.com"
  }
  private func isOurs(_ address: String) -> Bool { address.hasPrefix("rig@") || address.hasSuffix("@example.org") }
  private var addresses: [String] {
    text.replacingOccurrences(of: #"\n"#, with: " ").split { " <>()[],;:'\"/".contains($0) }
      .filter { $0.contains("@") }.map { String($0.last == "." ? $0.dropLast() : $0) }
  }

  var reading: Reading { reply.reading(at: stage, own: own, lead: lead) }

  /// The cases of a table: stage | reply | about | actions.
  static func cases(_ table: String) -> [ReadingCase] {
    table.split(separator: "\n").enumerated().compactMap { number, line in
      let fields = line.components(separatedBy: " | ")
      guard fields.count == 4, let stage = Stage(rawValue: fields[0]) else {
        Issue.record("\(line)")
        return nil
      }
      return ReadingCase(
        name: "\(number + 1)", stage: stage, text: fields[1], about: fields[2],
        actions: fields[3].components(separatedBy: ","))
    }
  }

  /// The corpus beside the project; nil where it is not there.
  static let corpus: [ReadingCase]? = {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../shared/contracts/smtp-replies.tsv")
    guard let text = try? String(contentsOf: file.standardized, encoding: .utf8) else {
      print("not tried: ../shared/contracts/smtp-replies.tsv is not there")
      return nil
    }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().compactMap { line in
      let field = line.components(separatedBy: "\t")
      guard let stage = Stage(rawValue: field[1]) else { return nil }
      let also = field[11] == "-" ? [] : field[11].components(separatedBy: ",")
      return ReadingCase(name: field[0], stage: stage, text: field[4], about: field[7], actions: [field[10]] + also)
    }
  }()
}

/// What was got wrong, the worst first.
struct Errors {
  var suppressed: [String] = []
  var paid: [String] = []
  var stopped: [String] = []
  var alone: [String] = []
  var other: [String] = []
  var right = 0

  init(_ cases: [ReadingCase], read: (ReadingCase) -> Reading = \.reading) {
    let paying = ["suppress", "fail", "content", "defer"]
    for one in cases {
      let action = read(one).action.rawValue
      guard !one.actions.contains(action) else {
        right += 1
        continue
      }
      let line = "\(one.testDescription): \(action), not \(one.actions)"
      let isAboutLead = ["address", "mailbox", "content", "greylist", "ambiguous"].contains(one.about)
      if action == "suppress" {
        suppressed.append(line)
      } else if !isAboutLead, paying.contains(action), !one.actions.contains(where: paying.contains) {
        paid.append(line)
      } else if isAboutLead, ["stop", "rest"].contains(action) {
        stopped.append(line)
      } else if one.isHeldOnly {
        alone.append(line)
      } else {
        other.append(line)
      }
    }
  }

  /// That nobody is hurt for what somebody else did.
  func expectNoneHurt() {
    #expect(suppressed == [])
    #expect(paid == [])
    #expect(stopped == [])
    #expect(alone == [])
  }
}

@Suite struct ReadingTests {
  /// The rules of the contract: without them a quota of ours fails leads for good, or a full mailbox is suppressed.
  @Test("Of the collected refusals nearly all are read right, and none so that it hurts somebody else")
  func corpus() {
    guard let cases = ReadingCase.corpus else { return }
    let errors = Errors(cases)
    errors.expectNoneHurt()
    #expect(cases.count == 255)
    #expect(errors.right >= 235, "\(errors.other)")
  }

  /// Without the names the words have to do: a server names whom it likes.
  @Test("They are read as well where nobody told who we are")
  func corpusWithoutNames() {
    guard let cases = ReadingCase.corpus else { return }
    let errors = Errors(cases) { $0.reply.reading(at: $0.stage) }
    errors.expectNoneHurt()
    #expect(errors.right >= 235, "\(errors.other)")
  }

  /// The corpus can be learned by heart, which says nothing of the next server.
  @Test("Refusals of other servers are read as well", arguments: ReadingCases.all.indices)
  func others(lot: Int) {
    let cases = ReadingCase.cases(ReadingCases.all[lot])
    let errors = Errors(cases)
    errors.expectNoneHurt()
    #expect(cases.count > 120)
    #expect(Double(errors.right) >= 0.97 * Double(cases.count), "\(errors.other)")
  }

  /// One lead `relay@…` stopped its sender for ever.
  @Test(
    "An address that has any word in it changes nothing",
    arguments: [
      "relay", "quota", "spam", "user.unknown", "blocked", "daily-limit.exceeded", "\"no such user\"",
      "greylisted+dmarc", "mailbox_full",
    ])
  func addresses(local: String) {
    for one in (ReadingCase.corpus ?? []) + ReadingCases.all.flatMap(ReadingCase.cases) {
      guard let lead = one.lead, one.text.contains(lead), let at = lead.firstIndex(of: "@") else { continue }
      let other = local + lead[at...]
      let text = one.text.replacingOccurrences(of: lead, with: other)
      let renamed = ReadingCase(
        name: one.name, stage: one.stage, text: text, about: one.about, actions: one.actions)
      let reading = renamed.reply.reading(at: one.stage, own: one.own, lead: other)
      #expect(reading == one.reading, "\(text)")
    }
  }

  /// A host or a link is named by whoever owns it.
  @Test(
    "A host, a link or an id that has any word in it changes nothing",
    arguments: [
      "relay-denied.example", "spam.blocked.example.net", "https://quota.example/user-unknown?mailbox=full",
      "[192.0.2.77]", "<unknown.user[192.0.2.77]>", "http://dmarc.example/greylisted/spamhaus", "2001:db8::25",
      "4XspamQuota20b8f", "www.blocked.example/listed",
    ])
  func hosts(name: String) {
    for one in ReadingCase.cases(ReadingCases.first) {
      let text = one.text + " " + name
      let named = ReadingCase(name: "", stage: one.stage, text: text, about: one.about, actions: one.actions)
      #expect(named.reading == one.reading, "\(text)")
    }
  }

  /// A callout quotes "user unknown", and means our own address; the lead would be suppressed for it.
  @Test("A refusal that names our own address suppresses nobody")
  func ours() {
    let own = ["rig@example.org"]
    for text in [
      "5.1.1 <rig@example.org>: User unknown", "<rig@example.org> no such user here",
      "5.1.2 <rig@example.org>: Domain not found", "5.1.2 Domain example.org does not exist",
      "5.1.10 example.org: null MX",
    ] {
      let reading = Reply(code: 550, lines: [text]).reading(at: .rcpt, own: own, lead: "ada@example.com")
      #expect(reading.subject == .from && [.hold, .stop].contains(reading.action), "\(text): \(reading)")
    }
    // To ourselves, it is the lead's; and a user name is no word of a server's.
    let unknown = Reply(code: 550, lines: ["5.1.1 <rig@example.org>: User unknown"])
    #expect(unknown.reading(at: .rcpt, own: own, lead: "RIG@example.org") == Reading(.address, .suppress))
    #expect(
      Reply(code: 550, lines: ["5.1.1 user unknown"]).reading(at: .rcpt, own: ["user"], lead: "a@b.example")
        == Reading(.address, .suppress))
  }

  /// The truth is in the last line with Exim, in the second with GMX, in the third of four elsewhere.
  @Test("A line in front or behind does not hide what another says")
  func anyLine() {
    let idle = ["Please see our pages", "For more information ask your postmaster", "https://www.example.com/help"]
    for text in ["no such user here", "Sender verify failed", "Daily sending quota exceeded", "mailbox is full"] {
      let alone = Reply(code: 550, lines: [text]).reading(at: .rcpt)
      #expect(alone.action != .hold)
      #expect(Reply(code: 550, lines: idle + [text]).reading(at: .rcpt) == alone)
      #expect(Reply(code: 550, lines: [text] + idle).reading(at: .rcpt) == alone)
      #expect(Reply(code: 550, lines: [idle[0], text, idle[2]]).reading(at: .rcpt) == alone)
    }
    // Wrapped where the line was full.
    let wrapped = Reply(code: 550, lines: ["5.1.1 The account that you tried to reach does", "5.1.1 not exist."])
    #expect(wrapped.reading(at: .rcpt).subject == .address)
  }

  /// A pause that is over before it is believed to be wastes hours of sending.
  @Test(
    "When it is over is taken from the words",
    arguments: [
      ("Account will be enabled in 341 seconds", 341), ("Try again in 5 minutes", 300), ("please wait 10 min.", 600),
      ("Rate limited, retry in 37s", 37), ("come back in 00:04:59", 299), ("greylisted for 60 seconds", 60),
      ("try again after at least 2 hours", 7200), ("too many, 10 messages per second", 1),
      ("limit of 30 emails per minute", 60), ("Throttling failure: Maximum sending rate exceeded.", 1),
      ("Bitte in 5 Minuten erneut versuchen", 300), ("max 2 requests per hour", nil), ("only 10 per day", nil),
      ("try again later", nil), ("in 99999999999999999999 seconds", nil), ("in 192.0.2.1", nil), ("in", nil),
    ] as [(String, Double?)])
  func until(text: String, seconds: Double?) {
    #expect(Reply(code: 450, lines: [text]).secondsUntilOver == seconds)
  }

  /// Several recipients refused alike are one refusal, of the sender; each names another recipient.
  @Test("Alike refusals have the same fingerprint, unlike ones have not")
  func fingerprint() {
    func fingerprint(_ code: Int, _ lines: String...) -> String { Reply(code: code, lines: lines).fingerprint }
    let one = fingerprint(
      554, "5.7.1 <ada@example.com>: Relay access denied; see https://a.example/1 [192.0.2.1] 4Xb9c27d")
    #expect(one == fingerprint(554, "5.7.1 <bob@other.example>: Relay access denied; see http://b.example [192.0.2.9]"))
    #expect(one == "554 5.7.1 relay access denied see")
    #expect(one != fingerprint(550, "5.7.1 <ada@example.com>: Relay access denied; see"))
    #expect(one != fingerprint(554, "5.7.1 <ada@example.com>: Access denied"))
    #expect(fingerprint(421) == "421")
    #expect(fingerprint(550, String(repeating: "denied ", count: 300)).utf8.count <= 80)
  }

  /// A server that writes nonsense must not stop or end a tick.
  @Test("Whatever a server writes is read")
  func hostile() {
    let long = 2000
    var texts = [
      "", " ", ".", "<", ">", "\"", "@", "5", "5.", "5.1.", "5.1.1", "5.1.1.1", "(#5.1.1", "#", "9999.9999.9999", "e-",
      "-",
      "\u{300}\u{301}", "\u{1F4E7} 用户不存在", "İSPANYA ß ﬁ K", "\u{FEFF}\u{200B}", "'", "''user''",
    ]
    for piece in [
      "<", "\"", "\"@", "<\"", "@", ".", "5.1.1 ", "a ", "user ", "no ", "quota of the ", "\u{301}", "(", "é", "://",
    ] {
      texts.append(String(repeating: piece, count: long / piece.count))
    }
    for text in texts {
      for stage in [Stage.mail, .rcpt, .dot] {
        for code in [421, 550] {
          let reply = Reply(code: code, lines: [text])
          #expect(
            reply.reading(at: stage, own: ["rig@example.org", "", "@"], lead: text).action != .suppress
              || text == "5.1.1")
          _ = reply.fingerprint
        }
      }
    }
    let many = Reply(code: 550, lines: Array(repeating: texts.last ?? "", count: 500) + ["no such user here"])
    #expect(many.reading(at: .rcpt).action == .suppress)
    #expect(many.fingerprint.utf8.count <= 80)
  }
}
