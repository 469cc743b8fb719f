/// One author or recipient of mail: an optional display name and an address (RFC 5322 3.4).
public struct Mailbox: Sendable, Hashable {
  /// The display name as it was given: any text at all, so whoever shows or sends it has to escape it.
  public let name: String?

  /// The address, `local@domain`, in at most 254 octets of UTF-8, as ``init(name:address:)`` accepts it.
  public let address: String

  /// Takes any name, and an address that is a dot-atom, one `@` and a domain name (RFC 5322 3.4.1, RFC 6532 3.2).
  ///
  /// Refused, although the grammar has them: quoted local parts, comments, source routes and address literals. Lead
  /// lists hold them by mistake or in malice, and each is a way to say two addresses where one is read.
  ///
  /// ``isAddress(_:)`` says the same on bytes, for a million rows; a test feeds both.
  public init(name: String?, address: String) throws(MailboxError) {
    // RFC 5321 4.5.3.1.3 allows a path of 256 octets with its angle brackets. First, so that what follows is bounded.
    guard address.utf8.count <= 254 else { throw .tooLong }
    guard address.unicodeScalars.allSatisfy(Self.isVisible) else { throw .invisibleCharacter }
    // On octets, not on characters: "@" and a combining mark after it are one character, which is not "@".
    guard let at = address.utf8.firstIndex(of: UInt8(ascii: "@")) else { throw .atSign }
    let local = address.utf8[..<at]
    let domain = address.utf8[address.utf8.index(after: at)...]
    guard !domain.contains(UInt8(ascii: "@")) else { throw .atSign }
    guard local.count <= 64 else { throw .localPartTooLong }
    guard Self.isDotAtom(local) else { throw .localPart }
    guard Self.isDomain(domain) else { throw .domain }
    guard !Self.hasPartBeginningWithMark(address) else { throw .strayMark }
    self.name = name
    self.address = address
  }

  /// Whether ``init(name:address:)`` would take these octets; makes no string of ASCII.
  ///
  /// A million ASCII addresses take 0.06 s.
  public static func isAddress(_ address: Span<UInt8>) -> Bool {
    guard address.count <= 254 else { return false }
    var hasAt = false
    // What stands before a part: no part may begin, and so none can be empty, with what must not follow it.
    var previous = UInt8(ascii: ".")
    var label = 0
    for index in address.indices {
      let octet = address[index]
      if octet >= 0x80 {
        let text = address.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        return (try? Mailbox(name: nil, address: text)) != nil
      }
      if octet == UInt8(ascii: "@") {
        guard !hasAt && previous != UInt8(ascii: ".") && index <= 64 else { return false }
        hasAt = true
        previous = UInt8(ascii: ".")
        continue
      }
      switch (octet, hasAt) {
      case (UInt8(ascii: "."), false):
        guard previous != octet else { return false }
      case (_, false):
        guard octet.isAtomText else { return false }
      case (UInt8(ascii: "."), true):
        guard previous != octet && previous != UInt8(ascii: "-") else { return false }
        label = 0
      default:
        let mayStand = octet.isLetterOrDigit || octet == UInt8(ascii: "-") && previous != UInt8(ascii: ".")
        label += 1
        guard mayStand && label <= 63 else { return false }
      }
      previous = octet
    }
    return hasAt && previous != UInt8(ascii: ".") && previous != UInt8(ascii: "-")
  }

  /// Reads `Ada Lovelace <ada@acme.test>`, `"Lovelace, Ada" <ada@acme.test>` or `ada@acme.test` (RFC 5322 3.4).
  ///
  /// Encoded-words are not decoded: what comes here was typed by a person or read from a table, not from a header.
  public init(parsing text: String) throws(MailboxError) {
    let text = Self.trimmed(text.utf8[...])
    guard text.last == UInt8(ascii: ">") else {
      try self.init(name: nil, address: String(Substring(text)))
      return
    }
    let name: String
    var rest = text
    if text.first == UInt8(ascii: "\"") {
      guard let quoted = Self.takeQuotedString(&rest) else { throw .form }
      name = quoted
    } else {
      guard let open = text.firstIndex(of: UInt8(ascii: "<")) else { throw .form }
      rest = text[open...]
      let phrase = Self.trimmed(text[..<open])
      // Read leniently, `eve@acme.test, Ada <ada@acme.test>` would be one mailbox here and two in the next reader.
      guard !phrase.contains(where: Self.isSpecial) else { throw .unquotedName }
      name = String(Substring(phrase))
    }
    guard rest.first == UInt8(ascii: "<") else { throw .form }
    try self.init(name: name.isEmpty ? nil : name, address: String(Substring(rest.dropFirst().dropLast())))
  }

  /// Whether the address is ASCII; if not, it can only be reached where SMTPUTF8 is offered (RFC 6531).
  public var isASCII: Bool { address.utf8.allSatisfy { $0 < 0x80 } }

  /// What is right of the `@`, in the case and the form (A-labels or U-labels) in which it was given.
  public var domain: Substring {
    let at = address.utf8.firstIndex(of: UInt8(ascii: "@")) ?? address.utf8.endIndex
    return Substring(address.utf8[at...].dropFirst())
  }

  /// By category, so that no list has to be kept: white space, controls, bidi marks, joiners, tags. And not U+FFFD,
  /// which stands where octets that were not UTF-8 have been lost.
  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x21...0x7E).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return false
    default: return scalar != "\u{FFFD}"
    }
  }

  /// A mark after `@` or `.` merges with it, on a screen and in code that splits by characters (RFC 5891 4.2.3.2).
  private static func hasPartBeginningWithMark(_ address: String) -> Bool {
    var previous: Unicode.Scalar = "@"
    for scalar in address.unicodeScalars {
      if !scalar.isASCII && (previous == "@" || previous == ".") {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: break
        }
      }
      previous = scalar
    }
    return false
  }

  private static func isDotAtom(_ text: Substring.UTF8View) -> Bool {
    var previous = UInt8(ascii: ".")
    for octet in text {
      guard octet.isAtomText || octet >= 0x80 || octet == UInt8(ascii: ".") && previous != octet else { return false }
      previous = octet
    }
    return previous != UInt8(ascii: ".")
  }

  private static func isDomain(_ text: Substring.UTF8View) -> Bool {
    text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        && label.allSatisfy { $0.isLetterOrDigit || $0 >= 0x80 || $0 == UInt8(ascii: "-") }
    }
  }

  /// RFC 5322 3.2.3, without the dot, which phrases may hold (4.1): people write `Dr. Ada Lovelace <…>`.
  private static func isSpecial(_ octet: UInt8) -> Bool {
    octet > 0x20 && octet < 0x7F && !octet.isAtomText && octet != UInt8(ascii: ".")
  }

  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    let isBlank = { (octet: UInt8) in octet == 0x20 || octet == 0x09 }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  /// Takes a quoted-string (RFC 5322 3.2.4) and the blanks after it off the front, or nothing if it does not end.
  private static func takeQuotedString(_ text: inout Substring.UTF8View) -> String? {
    var content: [UInt8] = []
    var isEscaped = false
    for index in text.indices.dropFirst() {
      let octet = text[index]
      if !isEscaped && octet == UInt8(ascii: "\"") {
        text = trimmed(text[index...].dropFirst())
        return String(decoding: content, as: UTF8.self)
      }
      isEscaped = !isEscaped && octet == UInt8(ascii: "\\")
      if !isEscaped { content.append(octet) }
    }
    return nil
  }
}

/// Why a text is not a mailbox, in one sentence, without the text: it may be hostile, and this ends up in logs.
public enum MailboxError: String, Error, CustomStringConvertible {
  case tooLong = "The address is longer than 254 octets."
  case invisibleCharacter = "The address contains white space, a control character or an invisible character."
  case atSign = "The address must contain exactly one @."
  case localPartTooLong = "The part of the address before the @ is longer than 64 octets."
  case localPart = "The part of the address before the @ has a character or a dot that it must not have."
  case domain = "The part of the address after the @ must be a domain name, like mail.acme.test."
  case strayMark = "A part of the address begins with a combining mark."
  case form = "A name and an address must be written as Name <address>."
  case unquotedName = "A name with any of ()<>[]:;@\\,\" in it must be written in double quotes."

  /// The sentence.
  public var description: String { rawValue }
}

extension UInt8 {
  var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }

  /// `atext` of RFC 5322 3.2.3.
  var isAtomText: Bool {
    switch self {
    case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"),
      UInt8(ascii: "^")...UInt8(ascii: "`"), UInt8(ascii: "{")...UInt8(ascii: "~"):
      true
    default: isLetterOrDigit
    }
  }
}
