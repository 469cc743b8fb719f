import Campaign
import Testing

@Suite struct EmailMessageTests {
  // MARK: Whole messages, octet for octet

  /// Everything else here decodes with code of ours; this is what has to stand in the octets.
  @Test("A message of one part is its eight headers in their order, an empty line and the body")
  func onePart() throws {
    let message = try message(subject: "A question", text: "Hi Ada,\nhow are you?\n")
    #expect(
      lines(message) == [
        "Date: Mon, 04 May 2026 09:00:00 +0200",
        "From: Ada Lovelace <ada@acme.test>",
        "To: bob@example.test",
        "Subject: A question",
        "Message-ID: <42.1@acme.test>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 7bit",
        "",
        "Hi Ada,",
        "how are you?",
        "",
      ])
  }

  /// A reader shows the last part that it can: in the other order nobody sees the HTML.
  @Test("A message with HTML is multipart/alternative with the text first")
  func twoParts() throws {
    let message = try message(subject: "", text: "Hi", html: "<p class=\"x\">Hi</p>")
    #expect(
      lines(message) == [
        "Date: Mon, 04 May 2026 09:00:00 +0200",
        "From: Ada Lovelace <ada@acme.test>",
        "To: bob@example.test",
        "Subject:",
        "Message-ID: <42.1@acme.test>",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative; boundary=\"=_50f0ba8efcda4a32\"",
        "Content-Transfer-Encoding: 7bit",
        "",
        "--=_50f0ba8efcda4a32",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 7bit",
        "",
        "Hi",
        "",
        "--=_50f0ba8efcda4a32",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<p class=3D\"x\">Hi</p>",
        "",
        "--=_50f0ba8efcda4a32--",
        "",
      ])
  }

  // MARK: Subjects and names

  /// A subject that is not in one of these forms is shown as gibberish, or as something that it is not.
  @Test(
    "A subject is written as it is when it is ASCII, and otherwise in the shorter kind of encoded-word",
    arguments: [
      ("Hello, \"Ada\" <x>", "Hello, \"Ada\" <x>"),
      ("Grüße from London to Ada", "=?UTF-8?Q?Gr=C3=BC=C3=9Fe_from_London_to_Ada?="),
      ("a?=_é", "=?UTF-8?B?YT89X8Op?="),
      ("Привет", "=?UTF-8?B?0J/RgNC40LLQtdGC?="),
      ("=?UTF-8?Q?Sale?=", "=?UTF-8?B?PT9VVEYtOD9RP1NhbGU/PQ==?="),
      ("an ASCII subject =? x", "=?UTF-8?Q?an_ASCII_subject_=3D=3F_x?="),
      ("two  spaces, a\ttab ", "two spaces, a tab"),
      ("Hi\r\nBcc: eve@evil.test\r\n\r\nBody", "Hi Bcc: eve@evil.test Body"),
      ("\0\u{1B}[31mA\u{7F}B\u{85}C\u{9F}\u{2028}D\u{2029}\n", "[31mA B C D"),
      ("\u{202E}A\u{202A}\u{2066}B\u{2069}\u{202C}", "A B"),
      ("\r\n \t\u{2067}", ""),
    ])
  func subject(subject: String, written: String) throws {
    let expected = written.isEmpty ? "Subject:" : "Subject: \(written)"
    #expect(try lines(message(subject: subject)).contains(expected))
  }

  /// Between two of these a reader would join a half of a character to nothing.
  @Test(
    "A long subject becomes encoded-words of at most 75 characters that split no character",
    arguments: ["é", "я", "語", "👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "né ", "नमस्ते", "x\u{202F}y", "a 'long' \"one\" — "])
  func encodedWordLimits(unit: String) throws {
    for count in [1, 7, 40, 41, 42, 43, 300] {
      let subject = String(String(repeating: unit, count: count).reversed().drop { $0 == " " }.reversed())
      let field = try #require(parse(try message(subject: subject))).field("Subject")
      let words = field.split(separator: " ").map(String.init)
      #expect(try decodedWords(field) == subject)
      for word in words {
        #expect(word.utf8.count <= 75)
        let part = try decodedWords(word)
        #expect(subject.contains(part) && Array(part).allSatisfy { unit.contains($0) }, "a character was split")
      }
    }
  }

  /// A name is the one value in these headers that may hold what also separates addresses.
  @Test(
    "A name is written as atoms, as a quoted-string or in encoded-words, and never as a second address",
    arguments: [
      (nil, "bob@example.test"), ("", "bob@example.test"), (" \u{202E}\r\n", "bob@example.test"),
      ("Bob Smith-O'Hara", "Bob Smith-O'Hara <bob@example.test>"),
      ("Bob S. Jr.", "\"Bob S. Jr.\" <bob@example.test>"),
      ("Smith, Bob", "\"Smith, Bob\" <bob@example.test>"),
      ("B\"ob\\", #""B\"ob\\" <bob@example.test>"#),
      ("x\" <eve@evil.test>, \"", #""x\" <eve@evil.test>, \"" <bob@example.test>"#),
      ("Bob\r\nBcc: eve@evil.test", "\"Bob Bcc: eve@evil.test\" <bob@example.test>"),
      ("=?utf-8?q?=22?=", "=?UTF-8?B?PT91dGYtOD9xPz0yMj89?= <bob@example.test>"),
      ("Zoë Lovelace, Inc. and Sons", "=?UTF-8?Q?Zo=C3=AB_Lovelace=2C_Inc=2E_and_Sons?= <bob@example.test>"),
      ("用户", "=?UTF-8?B?55So5oi3?= <bob@example.test>"),
    ] as [(String?, String)])
  func name(name: String?, written: String) throws {
    #expect(try lines(message(toName: name)).contains("To: \(written)"))
  }

  /// Servers may refuse a line over 998 octets, and the standard asks for 78.
  @Test("Headers are folded between words, so that unfolding gives the subject and the name back")
  func folding() throws {
    let words = (1...200).map { String(repeating: "x", count: $0 % 67 + 1) }.joined(separator: " ")
    let name = String(repeating: "Lovelace, ", count: 30) + "Ada"
    for subject in [words, String(repeating: "y", count: 67), String(repeating: "z", count: 5000)] {
      let message = try message(toName: name, subject: subject)
      for line in lines(message) { #expect(line.utf8.count <= 76) }
      let parsed = try #require(parse(message))
      #expect(try decodedWords(parsed.field("Subject")) == subject)
      #expect(try decodedWords(parsed.field("To").replacing(" <bob@example.test>", with: "")) == name)
    }
  }

  /// Encoded, it would not be an address at all (RFC 6532 allows it as it is, RFC 2047 forbids the rest).
  @Test("An address that is not ASCII is written as it is, and one that is long in a line of its own")
  func internationalAddress() throws {
    let from = try Mailbox(name: "Ада", address: "ада@почта.test")
    let to = try Mailbox(name: "Bob", address: "a@" + String(repeating: "bcd.", count: 62) + "test")
    let message = EmailMessage(from: from, to: to, subject: "", text: "", date: "", messageID: "1@acme.test").encoded()
    #expect(lines(message).contains("From: =?UTF-8?B?0JDQtNCw?= <ада@почта.test>"))
    #expect(lines(message).contains(" <\(to.address)>"))
    #expect(lines(message).contains("To: Bob"))
  }

  /// They come from our own code, but a host name in them comes from a setting.
  @Test("A date or an identifier that is not one cannot add a line or an octet beyond ASCII")
  func hostileDateAndIdentifier() throws {
    let mailbox = try Mailbox(parsing: "ada@acme.test")
    let message = EmailMessage(
      from: mailbox, to: mailbox, subject: "", text: "", html: "",
      date: "today\r\nBcc: eve@evil.test\u{202E}é" + String(repeating: "7", count: 900),
      messageID: "<1>\r\nBcc: <eve\"@evil.test ü>\r\n\r\n" + String(repeating: "9", count: 2000)
    ).encoded()
    #expect(lines(message).contains("Date: today Bcc: eve@evil.test" + String(repeating: "7", count: 39)))
    let identifier = try #require(lines(message).first { $0.hasPrefix("Message-ID: ") })
    #expect(identifier.hasPrefix("Message-ID: <1Bcceve@evil.test999") && identifier.utf8.count < 998)
    #expect(parse(message)?.names == headerNames)
  }

  // MARK: Bodies

  /// Each of these is spoilt on its way, or spoils the message, when it is sent as it is.
  @Test(
    "A body is sent in the encoding that it needs, with CRLF at the end of each line",
    arguments: [
      ("", "7bit", []), ("a\rb\nc\r\nd\n\re", "7bit", ["a", "b", "c", "d", "", "e"]), ("\n\n", "7bit", ["", ""]),
      ("a\r\0\nb\u{8}\u{B}\u{C}\u{1B}c\n", "7bit", ["a", "bc"]), ("\ta\tb", "7bit", ["\ta\tb"]),
      (String(repeating: "x", count: 76), "7bit", [String(repeating: "x", count: 76)]),
      (String(repeating: "x", count: 77), "quoted-printable", [String(repeating: "x", count: 75) + "=", "xx"]),
      ("a \n\t\nb", "quoted-printable", ["a=20", "=09", "b"]),
      (String(repeating: "x", count: 75) + " ", "quoted-printable", [String(repeating: "x", count: 75) + "=", "=20"]),
      ("1=1, \u{7F}", "quoted-printable", ["1=3D1, =7F"]),
      ("Grüße aus Köln\n", "quoted-printable", ["Gr=C3=BC=C3=9Fe aus K=C3=B6ln"]),
      (
        "From me\n.\n..a\n.b\n From\nFrom\n", "quoted-printable",
        ["=46rom me", "=2E", "=2E.a", "=2Eb", " From", "From"]
      ),
      (
        String(repeating: "x", count: 75) + "From y", "quoted-printable",
        [String(repeating: "x", count: 75) + "=", "=46rom y"]
      ),
      ("Привет, мир\n", "base64", ["0J/RgNC40LLQtdGCLCDQvNC40YANCg=="]),
      (
        String(repeating: "語", count: 20), "base64",
        [
          "6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe6Kqe", "6KqeDQo=",
        ]
      ),
    ] as [(String, String, [String])])
  func body(text: String, encoding: String, written: [String]) throws {
    let lines = lines(try message(text: text))
    let end = try #require(lines.firstIndex(of: ""))
    #expect(lines[end - 1] == "Content-Transfer-Encoding: \(encoding)")
    #expect(Array(lines[(end + 1)...]) == written + [""])
  }

  /// Who can end a part early can write the rest of the message.
  @Test("A body that holds the boundary, or a whole multipart message, stays one part")
  func boundaryInBody() throws {
    let boundary = "=_50f0ba8efcda4a32"
    let text = "--\(boundary)--\r\n--\(boundary)\r\nContent-Type: text/html\r\n\r\n<b>eve</b>\r\n"
    for html in [text, text + String(repeating: "語", count: 200) + "\r\n"] {
      let message = try message(text: text, html: html)
      #expect(lines(message).filter { $0.hasPrefix("--\(boundary)") }.count == 3)
      #expect(try #require(parse(message)).bodies() == [text, html])
    }
  }

  /// A second copy of a message whose fate is unknown must be recognisable as the same one.
  @Test("The same message is the same octets, and another identifier another boundary")
  func deterministic() throws {
    let once = try message(text: "a", html: "b")
    #expect(try once == message(text: "a", html: "b"))
    var other = try EmailMessage(
      from: Mailbox(parsing: "a@b"), to: Mailbox(parsing: "a@b"), subject: "", text: "", html: "", date: "",
      messageID: "1@b")
    let first = lines(other.encoded()).first { $0.contains("boundary") }
    other.messageID = "2@b"
    #expect(lines(other.encoded()).first { $0.contains("boundary") } != first)
  }

  /// One lead with a very long name must not stop the tick for everybody.
  @Test("A very long value takes time in proportion", .timeLimit(.minutes(1)))
  func longValues() throws {
    for unit in ["a", " ", "\u{301}", "🇩", "\u{200D}", "\r", "é\u{202E}", "=?", "\"", "From "] {
      let value = String(repeating: unit, count: 100_000 / unit.utf8.count)
      let message = try message(toName: value, subject: value, text: value, html: value)
      #expect(parse(message)?.names == headerNames)
    }
  }

  // MARK: Any input

  /// The examples above are those that somebody thought of.
  @Test(
    "Whatever its values, a message has its headers once each, short lines, and gives its values back",
    arguments: 0..<30)
  func hostileValues(seed: UInt64) throws {
    var random = MailRandom(state: seed)
    for _ in 0..<100 {
      let values = (0..<5).map { _ in random.hostileText() }
      let message = EmailMessage(
        from: try Mailbox(name: values[0], address: "ada@acme.test"),
        to: try Mailbox(name: values[1], address: "bob@example.test"), subject: values[2], text: values[3],
        html: Bool.random(using: &random) ? values[4] : nil, date: "Mon, 04 May 2026 09:00:00 +0200",
        messageID: "\(random.next())@acme.test")
      let octets = message.encoded()
      let comment = Comment(rawValue: "\(message)")

      #expect(octets.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 9 || $0 == 10 || $0 == 13 }, comment)
      for line in lines(octets) {
        #expect(line.utf8.count <= 76 && line.utf8.first != UInt8(ascii: "."), comment)
        #expect(!line.utf8.contains(10) && !line.utf8.contains(13), comment)
      }
      let parsed = try #require(parse(octets), comment)
      #expect(parsed.names == headerNames, comment)
      #expect(parsed.field("Message-ID") == "<\(message.messageID)>")
      #expect(try same(decodedWords(parsed.field("Subject")), normalisedHeader(values[2])), comment)
      let from = try decodedMailbox(parsed.field("From"))
      #expect(same(from.name, normalisedHeader(values[0])) && from.address == "ada@acme.test", comment)
      let to = try decodedMailbox(parsed.field("To"))
      #expect(same(to.name, normalisedHeader(values[1])) && to.address == "bob@example.test", comment)
      let bodies = [message.text] + (message.html.map { [$0] } ?? [])
      #expect(try parsed.bodies().elementsEqual(bodies.map(normalisedBody), by: same), comment)
    }
  }
}

// MARK: - A second opinion: what a message says, read without any code of the product

private let headerNames = [
  "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]

private func message(
  toName: String? = nil, subject: String = "", text: String = "", html: String? = nil
) throws -> [UInt8] {
  EmailMessage(
    from: try Mailbox(name: "Ada Lovelace", address: "ada@acme.test"),
    to: try Mailbox(name: toName, address: "bob@example.test"), subject: subject, text: text, html: html,
    date: "Mon, 04 May 2026 09:00:00 +0200", messageID: "42.1@acme.test"
  ).encoded()
}

/// The lines between CRLFs; after the last one there is an empty one. A CR or LF that is alone stays in its line.
private func lines(_ octets: [UInt8]) -> [String] {
  var lines: [[UInt8]] = [[]]
  for octet in octets {
    if octet == 10, lines[lines.count - 1].last == 13 {
      lines[lines.count - 1].removeLast()
      lines.append([])
    } else {
      lines[lines.count - 1].append(octet)
    }
  }
  return lines.map { String(decoding: $0, as: UTF8.self) }
}

/// Equal octet for octet: `==` would not see that a value has been composed or decomposed on the way.
private func same(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

private struct Malformed: Error {}

private struct Parsed {
  var fields: [(name: String, value: String)] = []
  var body: ArraySlice<String> = []

  var names: [String] { fields.map(\.name) }

  func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "missing" }

  /// The decoded body, or those of the parts, each with CRLF after each line.
  func bodies() throws -> [String] {
    let type = field("Content-Type")
    if type.hasPrefix("text/") {
      guard type.hasSuffix("; charset=utf-8"), body.last == "" else { throw Malformed() }
      return [try decodedBody(body.dropLast(), encoding: field("Content-Transfer-Encoding"))]
    }
    let opening = "multipart/alternative; boundary=\""
    guard type.hasPrefix(opening), type.hasSuffix("\"") else { throw Malformed() }
    let delimiter = "--\(type.dropFirst(opening.utf8.count).dropLast())"
    var parts = body.split(omittingEmptySubsequences: false) { $0 == delimiter || $0 == delimiter + "--" }
    guard parts.count == 4, parts.removeFirst() == [], parts.removeLast() == [""] else { throw Malformed() }
    return try parts.map { lines in
      guard let part = parse(lines[...]), part.names == ["Content-Type", "Content-Transfer-Encoding"] else {
        throw Malformed()
      }
      return try part.bodies()[0]
    }
  }
}

private func parse(_ octets: [UInt8]) -> Parsed? { parse(lines(octets)[...]) }

private func parse(_ lines: ArraySlice<String>) -> Parsed? {
  guard let end = lines.firstIndex(of: "") else { return nil }
  var parsed = Parsed(body: lines[(end + 1)...])
  for line in lines[..<end] {
    if line.hasPrefix(" ") || line.hasPrefix("\t") {
      guard !parsed.fields.isEmpty, line.contains(where: { $0 != " " && $0 != "\t" }) else { return nil }
      parsed.fields[parsed.fields.count - 1].value += line
    } else {
      guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      let value = line.utf8[colon...].dropFirst().drop { $0 == 0x20 }
      parsed.fields.append((String(line[..<colon]), String(decoding: value, as: UTF8.self)))
    }
  }
  return parsed
}

private func decodedBody(_ lines: ArraySlice<String>, encoding: String) throws -> String {
  switch encoding {
  case "7bit":
    return lines.map { $0 + "\r\n" }.joined()
  case "quoted-printable":
    var octets: [UInt8] = []
    for line in lines {
      guard line.utf8.last != 0x20, line.utf8.last != 0x09 else { throw Malformed() }
      let isSoft = line.utf8.last == UInt8(ascii: "=")
      octets += try unescaped(Array(line.utf8.dropLast(isSoft ? 1 : 0)))
      if !isSoft { octets += [13, 10] }
    }
    return try validated(octets)
  case "base64":
    return try validated(try base64Decoded(lines.joined()))
  default:
    throw Malformed()
  }
}

private func unescaped(_ octets: [UInt8]) throws -> [UInt8] {
  var result: [UInt8] = []
  var index = 0
  while index < octets.count {
    if octets[index] == UInt8(ascii: "=") {
      guard index + 2 < octets.count else { throw Malformed() }
      let digits = String(decoding: octets[(index + 1)...(index + 2)], as: UTF8.self)
      guard let value = UInt8(digits, radix: 16), digits == digits.uppercased() else { throw Malformed() }
      result.append(value)
      index += 3
    } else {
      result.append(octets[index])
      index += 1
    }
  }
  return result
}

private func base64Decoded(_ text: String) throws -> [UInt8] {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  let values = Dictionary(uniqueKeysWithValues: zip(alphabet, 0...))
  let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
  guard text.utf8.count % 4 == 0, text.utf8.count - digits.count < 3 else { throw Malformed() }
  var result: [UInt8] = []
  var bits = 0
  var count = 0
  for digit in digits {
    guard let value = values[digit] else { throw Malformed() }
    bits = (bits << 6 | value) & 0xFFFF
    count += 6
    if count >= 8 {
      count -= 8
      result.append(UInt8(truncatingIfNeeded: bits >> count))
    }
  }
  return result
}

/// Text of a header after RFC 2047 decoding; a value is all encoded-words or none.
private func decodedWords(_ value: String) throws -> String {
  guard value.hasPrefix("=?") else {
    guard !value.contains("=?") else { throw Malformed() }
    return value
  }
  return try value.split(separator: " ", omittingEmptySubsequences: false).map { word in
    let parts = word.split(separator: "?", omittingEmptySubsequences: false)
    guard word.utf8.count <= 75, parts.count == 5, parts[0] == "=", parts[1] == "UTF-8", parts[4] == "=" else {
      throw Malformed()
    }
    let isAllowed = { (octet: UInt8) in
      octet < 0x80 && (Character(Unicode.Scalar(octet)).isLetter || Character(Unicode.Scalar(octet)).isNumber)
        || "!*+-/=_".utf8.contains(octet)
    }
    guard parts[3].utf8.allSatisfy(isAllowed) else { throw Malformed() }
    switch parts[2] {
    case "B": return try validated(try base64Decoded(String(parts[3])))
    case "Q": return try validated(try unescaped(parts[3].utf8.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }))
    default: throw Malformed()
    }
  }.joined()
}

/// Name and address; throws when there is anything but one mailbox.
private func decodedMailbox(_ value: String) throws -> (name: String, address: String) {
  guard value.utf8.last == UInt8(ascii: ">"), let open = value.utf8.lastIndex(of: UInt8(ascii: "<")) else {
    return ("", value)
  }
  let address = String(decoding: value.utf8[open...].dropFirst().dropLast(), as: UTF8.self)
  var phrase = Array(value.utf8[..<open])
  guard phrase.popLast() == 0x20 else { throw Malformed() }
  guard phrase.first == UInt8(ascii: "\"") else {
    let name = String(decoding: phrase, as: UTF8.self)
    guard !name.contains(where: { "()<>[]:;@\\,.\"".contains($0) }) else { throw Malformed() }
    return (try decodedWords(name), address)
  }
  var name: [UInt8] = []
  var rest = phrase[1...]
  while let octet = rest.popFirst(), octet != UInt8(ascii: "\"") {
    name.append(octet == UInt8(ascii: "\\") ? rest.popFirst() ?? 0 : octet)
  }
  guard rest.isEmpty else { throw Malformed() }
  return (String(decoding: name, as: UTF8.self), address)
}

private func validated(_ octets: [UInt8]) throws -> String {
  guard let text = String(validating: octets, as: UTF8.self) else { throw Malformed() }
  return text
}

private func normalisedHeader(_ text: String) -> String {
  let breaking: Set<Unicode.Scalar> = Set(
    [0x20...0x20, 0x00...0x1F, 0x7F...0x9F, 0x2028...0x2029, 0x202A...0x202E, 0x2066...0x2069]
      .flatMap { (range: ClosedRange<UInt32>) in range.compactMap(Unicode.Scalar.init) })
  return text.unicodeScalars.split { breaking.contains($0) }.map { String($0) }.joined(separator: " ")
}

private func normalisedBody(_ text: String) -> String {
  let kept = text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\t" || $0 == "\r" || $0 == "\n" }
  var result = ""
  var previous: Unicode.Scalar = " "
  for scalar in kept {
    if scalar == "\r" || scalar == "\n" && previous != "\r" { result += "\r\n" }
    if scalar != "\r" && scalar != "\n" { result.unicodeScalars.append(scalar) }
    previous = scalar
  }
  return result.isEmpty || result.utf8.last == 10 ? result : result + "\r\n"
}

extension MailRandom {
  /// Text of pieces that have broken mail before, now and then much of one of them, and any scalar at all.
  fileprivate mutating func hostileText() -> String {
    let pieces = [
      "a", "Ada Lovelace", "ünïcödé", "Привет", "語", "👩‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "\u{301}", "\u{FE0F}", "שלום", "\u{200F}",
      " ", "  ",
      "\t", "\r", "\n", "\r\n", "\r\n\r\n", "\n.\n", "\r\n.\r\n", ".", "\0", "\u{1}", "\u{B}", "\u{1B}[31m", "\u{7F}",
      "\u{85}", "\u{A0}", "\u{AD}", "\u{200B}", "\u{200D}", "\u{2028}", "\u{2029}", "\u{202E}", "\u{2066}", "\u{2069}",
      "\u{FEFF}", "\u{FFFD}",
      "\u{10FFFF}", "=", "?", "=?", "?=", "=?UTF-8?Q?=0D=0ABcc:_eve?=", "=_", "=3D", "_", "--", "--=_", "From ",
      "\nFrom ", "\"", "\\", "\\\"", "<", ">",
      ",", ";", ":", "(", ")", "@", "<eve@evil.test>", ", eve@evil.test", "\r\nBcc: eve@evil.test",
      "\nContent-Type: text/html\n\n<b>",
      "{{first_name}}", "https://acme.test/?a=b&c=d",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &self) {
      let piece = pieces.randomElement(using: &self) ?? ""
      switch Int.random(in: 0..<20, using: &self) {
      case 0: text += String(repeating: piece, count: Int.random(in: 10...90, using: &self))
      case 1: text += String(repeating: "x", count: Int.random(in: 40...90, using: &self))
      case 2: text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self)) ?? "\r")
      default: text += piece
      }
    }
    return text
  }
}
