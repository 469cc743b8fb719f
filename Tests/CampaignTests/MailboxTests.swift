import Campaign
import Testing

@Suite struct MailboxTests {
  /// Refusing one of these would lose a lead who can be reached.
  @Test(
    "An address of a dot-atom and a domain name is accepted as it is",
    arguments: [
      "ada@acme.test", "a@b", "Ada.Lovelace+news@mail.acme.test", "!#$%&'*+-/=?^_`{|}~@acme.test", "o'hara@acme.test",
      "ada@xn--bcher-kva.test", "ada@1.2-3.test", "ада@почта.test", "用户@例え.test", "é@é.test",
      String(repeating: "a", count: 64) + "@" + String(repeating: "b", count: 63) + ".test",
    ])
  func acceptsAddress(address: String) throws {
    let mailbox = try Mailbox(name: "Ada", address: address)
    #expect(Array(mailbox.address.utf8) == Array(address.utf8))
    #expect(mailbox.name == "Ada")
  }

  /// Each of these is a way to a second recipient, a broken header or a mail that nobody gets.
  @Test(
    "An address that could be read in two ways, or in none, is refused with its reason",
    arguments: [
      ("", .atSign), ("ada", .atSign), ("ada@acme@evil.test", .atSign), ("@a.test:ada@acme.test", .atSign),
      ("\"a@b\"@acme.test", .atSign), ("ada@acme.test,eve@evil.test", .atSign),
      ("@acme.test", .localPart), (".ada@acme.test", .localPart), ("ada.@acme.test", .localPart),
      ("a..da@acme.test", .localPart), ("\"ada\"@acme.test", .localPart), ("ada(x)@acme.test", .localPart),
      ("<ada@acme.test", .localPart), ("eve;ada@acme.test", .localPart), ("a\\da@acme.test", .localPart),
      ("a:b@acme.test", .localPart), ("a,b@acme.test", .localPart), ("a[b@acme.test", .localPart),
      ("a]b@acme.test", .localPart),
      ("ada@", .domain), ("ada@[127.0.0.1]", .domain), ("ada@[IPv6:::1]", .domain), ("ada@.acme.test", .domain),
      ("ada@acme.test.", .domain), ("ada@acme..test", .domain), ("ada@-acme.test", .domain),
      ("ada@acme-.test", .domain), ("ada@ac_me.test", .domain), ("ada@acme.test>", .domain),
      ("ada@acme.test;eve", .domain), ("ada@acme.test(x)", .domain), ("ada@acme.test/x", .domain),
      ("ada@" + String(repeating: "b", count: 64) + ".test", .domain),
      ("ada@" + String(repeating: "é", count: 32) + ".test", .domain),
      (String(repeating: "a", count: 65) + "@acme.test", .localPartTooLong),
      (String(repeating: "é", count: 33) + "@acme.test", .localPartTooLong),
      ("a@" + String(repeating: "bcd.", count: 63) + "t", .tooLong),
      ("ada@\u{301}acme.test", .strayMark), ("\u{301}da@acme.test", .strayMark), ("ada@acme.\u{20DD}test", .strayMark),
    ] as [(String, MailboxError)])
  func refusesAddress(address: String, reason: MailboxError) {
    #expect(throws: reason) { try Mailbox(name: nil, address: address) }
  }

  /// An import judges by the one and the transport by the other: what they disagree on is a lead that fails on the day, or
  /// one that is lost.
  @Test("Octets are an address exactly when their text is one")
  func octets() {
    var addresses = ["", "@", "a", "a@", "@a", "a@b", "a@b@c", "a@b..c", "a@b-.c"]
    // The planes with characters of every kind whole; of the others, where all are alike, some.
    for value in UInt32(0)...0x10FFFF {
      guard [0, 1, 14].contains(value >> 16) || value % 1021 == 0 || value & 0xFFFF > 0xFFF0 else { continue }
      guard let scalar = Unicode.Scalar(value) else { continue }
      let character = String(Character(scalar))
      addresses.append("a" + character + "a@b.test")
      addresses.append(character + "a@b.test")
      addresses.append("a@b" + character + "b.test")
      addresses.append("a@" + character + "b.test")
    }
    let ascii = (UInt8(0)...0x7F).map { String(Character(Unicode.Scalar($0))) }
    for first in ascii {
      for second in ascii {
        addresses.append(first + second + "@b.test")
        addresses.append("a@" + first + second)
        addresses.append("a" + first + "b" + second + "c")
      }
    }
    for part in ["a", "é", "例"] {
      for count in 15...70 {
        let long = String(repeating: part, count: count)
        addresses.append(long + "@b.test")
        addresses.append("a@" + long)
        addresses.append("a@test." + long)
        addresses.append("a@" + long + ".test")
        addresses.append(part + "@" + String(repeating: "bcd.", count: count) + "t")
      }
    }
    let wrong = addresses.filter { address in
      let isAddress = (try? Mailbox(name: nil, address: address)) != nil
      return Mailbox.isAddress(address.utf8.span) != isAddress
    }
    #expect(wrong.isEmpty, "\(wrong.prefix(20))")
  }

  /// The length is counted in octets and with its bounds in: one off, and the server refuses what we took.
  @Test("An address of 254 octets is accepted and one of 255 is not")
  func lengthLimit() throws {
    let longest = "a@" + String(repeating: "bcd.", count: 62) + "test"
    #expect(longest.utf8.count == 254)
    #expect(try Mailbox(name: nil, address: longest).address == longest)
    #expect(throws: MailboxError.tooLong) { try Mailbox(name: nil, address: longest + "s") }
  }

  /// A line break here ends the header or the SMTP command; a mark that nobody sees hides another domain.
  @Test(
    "A character that cannot be seen is refused wherever it stands in an address",
    arguments: [
      "\0", "\t", "\n", "\r", "\r\n", " ", "\u{1B}", "\u{7F}", "\u{85}", "\u{9F}", "\u{A0}", "\u{AD}", "\u{61C}",
      "\u{2003}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{2028}", "\u{2029}", "\u{202A}",
      "\u{202E}", "\u{2060}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}", "\u{3000}", "\u{FEFF}", "\u{FFFD}",
      "\u{E0041}",
    ])
  func refusesInvisible(character: String) {
    for place in [
      "#ada@acme.test", "a#da@acme.test", "ada#@acme.test", "ada@#acme.test", "ada@ac#me.test", "ada@acme.test#",
    ] {
      let parts = place.split(separator: "#", omittingEmptySubsequences: false)
      let address = String(parts[0]) + character + String(parts[1])
      #expect(throws: MailboxError.invisibleCharacter) { try Mailbox(name: nil, address: address) }
    }
  }

  /// These are the ways in which people write a sender in the document that `apply` takes.
  @Test(
    "A mailbox is read from a name and an address, or from an address alone",
    arguments: [
      ("ada@acme.test", nil), ("  ada@acme.test\t", nil), ("<ada@acme.test>", nil), ("\"\" <ada@acme.test>", nil),
      ("Ada Lovelace <ada@acme.test>", "Ada Lovelace"), (" Dr. Ada  Lovelace<ada@acme.test> ", "Dr. Ada  Lovelace"),
      ("\"Lovelace, Ada\" <ada@acme.test>", "Lovelace, Ada"), ("\"Lovelace, Ada\"<ada@acme.test>", "Lovelace, Ada"),
      (#""A \"the\" \\ B" <ada@acme.test>"#, #"A "the" \ B"#),
      ("\"<eve@evil.test>\" <ada@acme.test>", "<eve@evil.test>"),
      ("Ада Лавлейс <ada@acme.test>", "Ада Лавлейс"), ("\"Ada\r\nBcc: eve\" <ada@acme.test>", "Ada\r\nBcc: eve"),
    ] as [(String, String?)])
  func parses(text: String, name: String?) throws {
    let mailbox = try Mailbox(parsing: text)
    #expect(mailbox.address == "ada@acme.test")
    #expect(mailbox.name == name)
  }

  /// A guess at one of these could take the wrong one of two addresses for the sender.
  @Test(
    "A text that is not one mailbox is refused with its reason",
    arguments: [
      ("", .atSign), (" ", .atSign), ("<>", .atSign), ("Ada", .atSign), (">", .form), ("ada@acme.test>", .form),
      ("Ada ada@acme.test>", .form), ("Ada >", .form), ("\"Ada\" ada@acme.test>", .form), ("\">", .form),
      ("\"Ada <ada@acme.test>", .form), ("\"Ada\\\" <ada@acme.test>", .form),
      ("\"Ada\" x <ada@acme.test>", .form), ("eve@evil.test, Ada <ada@acme.test>", .unquotedName),
      ("Lovelace, Ada <ada@acme.test>", .unquotedName), ("Ada (x) <ada@acme.test>", .unquotedName),
      ("team: Ada <ada@acme.test>", .unquotedName), ("Ada \"x\" <ada@acme.test>", .unquotedName),
      ("Ada Lovelace ada@acme.test", .invisibleCharacter), ("ada@acme.test (Ada)", .invisibleCharacter),
      ("Ada < ada@acme.test>", .invisibleCharacter), ("Ada <eve@evil.test> <ada@acme.test>", .invisibleCharacter),
      ("Ada <ada@acme.test>, eve@evil.test", .invisibleCharacter), ("ada@acme.test\n", .invisibleCharacter),
      ("Ada <<ada@acme.test>>", .localPart), ("Ada <@evil.test:ada@acme.test>", .atSign),
    ] as [(String, MailboxError)])
  func refusesText(text: String, reason: MailboxError) {
    #expect(throws: reason) { try Mailbox(parsing: text) }
  }

  /// The transport asks for SMTPUTF8 by it: an ASCII name for the domain must not hide a local part that is not.
  @Test(
    "An address is ASCII when both of its parts are, and knows its domain",
    arguments: [
      ("ada@Acme.test", true, "Acme.test"), ("ада@acme.test", false, "acme.test"),
      ("ada@почта.test", false, "почта.test"),
    ])
  func properties(address: String, isASCII: Bool, domain: Substring) throws {
    let mailbox = try Mailbox(name: "Ада", address: address)
    #expect(mailbox.isASCII == isASCII)
    #expect(mailbox.domain == domain)
  }

  /// A reason that repeats its input carries line breaks and bidi marks into logs and pages.
  @Test("The reason of a refusal is a sentence without anything of the input in it")
  func reasonIsConstant() {
    let error = #expect(throws: MailboxError.self) { try Mailbox(parsing: "E\u{202E}ve\nX <e\nve@evil.test>") }
    #expect(error.map { "\($0)" } == "The address contains white space, a control character or an invisible character.")
  }

  /// Rules that are checked one by one can leave a gap between them.
  @Test("Whatever random text is accepted as an address keeps every rule")
  func randomAddresses() {
    var random = MailRandom(state: 1)
    let pieces = [
      "a", "b", "@", "@", ".", "-", "1", "é", "д", "\u{301}", "\u{200B}", " ", "\"", "<", ">", ",", ";", "\\", "+",
    ]
    var accepted = 0
    for _ in 0..<200_000 {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      guard let mailbox = try? Mailbox(name: nil, address: text) else { continue }
      accepted += 1
      let scalars = Array(mailbox.address.unicodeScalars)
      let parts = scalars.split(separator: "@", omittingEmptySubsequences: false)
      #expect(parts.count == 2)
      #expect(!scalars.contains { "\u{200B} \"<>,;\\".unicodeScalars.contains($0) }, "\(text.debugDescription)")
      for label in parts.flatMap({ $0.split(separator: ".", omittingEmptySubsequences: false) }) {
        #expect(!label.isEmpty && label.first != "\u{301}", "\(text.debugDescription)")
      }
      for label in parts[1].split(separator: ".") {
        #expect(label.first != "-" && label.last != "-" && !label.contains("+"), "\(text.debugDescription)")
      }
    }
    #expect(accepted > 500)
  }
}

/// A generator with a seed, so that a failure can be had again.
struct MailRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
