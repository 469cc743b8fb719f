/// One mail to one person, as it goes to the server after DATA (RFC 5322); any of its texts may be hostile.
public struct EmailMessage: Sendable {
  /// The author.
  public var from: Mailbox
  /// The only recipient.
  public var to: Mailbox
  /// The subject, any text; what would break or disguise its line becomes one space.
  public var subject: String
  /// The body in plain text, with any line breaks.
  public var text: String
  /// The same in HTML, or nil for a message of one part.
  public var html: String?
  /// The date as RFC 5322 3.3 writes it; of anything else the first 64 ASCII characters are used.
  public var date: String
  /// The message identifier without angle brackets (RFC 5322 3.6.4); all but `atext`, `.` and `@` is left out of it.
  public var messageID: String

  /// Takes the parts as they are: there is nothing that ``encoded()`` refuses.
  public init(
    from: Mailbox, to: Mailbox, subject: String, text: String, html: String? = nil, date: String, messageID: String
  ) {
    self.from = from
    self.to = to
    self.subject = subject
    self.text = text
    self.html = html
    self.date = date
    self.messageID = messageID
  }

  /// The whole message in octets (RFC 5322, RFC 2045 to 2047), every line ended by CRLF and within 76 octets, or what a
  /// single address or identifier needs; ASCII unless an address is not; not dot-stuffed, and yet no line begins with
  /// a dot.
  ///
  /// In bodies all line breaks become CRLF, the last line gets one if it has none, and C0 controls other than tab are
  /// left out. The same message gives the same octets.
  public func encoded() -> [UInt8] {
    let plain = BodyPart("text/plain", text)
    let rich = html.map { BodyPart("text/html", $0) }
    let identifier = messageID.utf8.filter { $0.isAtomText || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "@") }

    var out: [UInt8] = []
    out.reserveCapacity(1024 + 2 * subject.utf8.count + plain.content.count + (rich?.content.count ?? 0))
    out.appendHeader("Date", String(decoding: date.utf8.filter { $0 < 0x80 }.prefix(64), as: UTF8.self))
    out.appendHeader("From", tokens(from))
    out.appendHeader("To", tokens(to))
    out.appendHeader("Subject", subject)
    // In one line even past 78: programs are known that misread a folded identifier, and then threads break.
    out.appendLine("Message-ID: <\(String(decoding: identifier.prefix(900), as: UTF8.self))>")
    out.appendLine("MIME-Version: 1.0")
    guard let rich else {
      out.append(plain)
      return out
    }
    // No part can hold it, whatever it says: 7bit is used only where there is no "=", quoted-printable has no "=_"
    // (RFC 2045 6.7) and base64 no "_". It follows from the identifier so that nested messages have different ones.
    let boundary = "=_\(String(fnv1a(identifier), radix: 16))"
    out.appendLine("Content-Type: multipart/alternative; boundary=\"\(boundary)\"")
    out.appendLine("Content-Transfer-Encoding: 7bit")
    for part in [plain, rich] {  // The best comes last (RFC 2046 5.1.4).
      out.appendLine("")
      out.appendLine("--\(boundary)")
      out.append(part)
    }
    out.appendLine("")
    out.appendLine("--\(boundary)--")
    return out
  }
}

/// With "Subject: " before it, a token of this many octets makes a line of 76.
private let longestToken = 67

private func tokens(_ mailbox: Mailbox) -> [[UInt8]] {
  let name = oneLine(mailbox.name ?? "")
  if name.isEmpty { return [Array(mailbox.address.utf8)] }
  return (plainPhrase(name).map { [$0] } ?? encodedWords(name)) + [Array("<\(mailbox.address)>".utf8)]
}

/// A header value in which each run of spaces, line breaks, other controls and bidi embeddings, overrides and isolates
/// has become one space, and none is left at the ends. Marks (U+200E, U+200F) and joiners stay: names need them.
private func oneLine(_ text: String) -> String {
  var previous = UInt8(ascii: " ")
  let isClean = text.utf8.allSatisfy { octet in
    defer { previous = octet }
    return (0x21...0x7E).contains(octet) || octet == UInt8(ascii: " ") && previous != octet
  }
  if isClean && previous != UInt8(ascii: " ") { return text }
  var result = ""
  result.reserveCapacity(text.utf8.count)
  var isSpacePending = false
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0...0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069:
      isSpacePending = !result.isEmpty
    default:
      if isSpacePending { result.unicodeScalars.append(" ") }
      isSpacePending = false
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Whether a value of ``oneLine(_:)`` can stand in a header as it is: ASCII, foldable, nothing like an encoded-word.
private func isPlain(_ text: String) -> Bool {
  var width = 0
  var previous = UInt8(ascii: " ")
  for octet in text.utf8 {
    width = octet == UInt8(ascii: " ") ? 0 : width + 1
    let looksEncoded = previous == UInt8(ascii: "=") && octet == UInt8(ascii: "?")
    guard octet < 0x80, !looksEncoded, width <= longestToken else { return false }
    previous = octet
  }
  return true
}

/// The name as atoms or as a quoted-string (RFC 5322 3.2.5), or nil when that is not ASCII or would have to be folded:
/// a fold inside quotes is legal, and too often misread.
private func plainPhrase(_ name: String) -> [UInt8]? {
  guard name.utf8.count <= longestToken, isPlain(name) else { return nil }
  if name.utf8.allSatisfy({ $0.isAtomText || $0 == UInt8(ascii: " ") }) { return Array(name.utf8) }
  var quoted = [UInt8(ascii: "\"")]
  for octet in name.utf8 {
    if octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
    quoted.append(octet)
  }
  quoted.append(UInt8(ascii: "\""))
  return quoted.count <= longestToken ? quoted : nil
}

/// The text in encoded-words (RFC 2047) of at most 64 characters, in B or Q, whichever is shorter for the whole of it.
///
/// What people see as one character is split only if it alone is too long for a word, and then between its scalars.
private func encodedWords(_ text: String) -> [[UInt8]] {
  // Section 5 (3): what Q may leave alone even in a phrase.
  func isLiteral(_ octet: UInt8) -> Bool {
    octet.isLetterOrDigit || octet == UInt8(ascii: " ") || octet == UInt8(ascii: "!") || octet == UInt8(ascii: "*")
      || octet == UInt8(ascii: "+") || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "/")
  }
  let widthInQ = text.utf8.reduce(0) { $0 + (isLiteral($1) ? 1 : 3) }
  let isBase64 = (text.utf8.count + 2) / 3 * 4 < widthInQ
  // "=?UTF-8?B?" and "?=" leave 52 characters; in base64 these are 39 octets.
  let limit = isBase64 ? 39 : 52

  if (isBase64 ? text.utf8.count : widthInQ) <= limit { return [encodedWord(text.utf8, isBase64, isLiteral)] }
  var chunks: [[UInt8]] = [[]]
  var used = 0
  func add(_ unit: String) {
    let width = isBase64 ? unit.utf8.count : unit.utf8.reduce(0) { $0 + (isLiteral($1) ? 1 : 3) }
    if width > limit {
      for scalar in unit.unicodeScalars { add(String(scalar)) }
      return
    }
    if used + width > limit {
      chunks.append([])
      used = 0
    }
    chunks[chunks.count - 1] += unit.utf8
    used += width
  }
  for character in text { add(String(character)) }

  return chunks.map { encodedWord($0, isBase64, isLiteral) }
}

private func encodedWord(
  _ octets: some Collection<UInt8>, _ isBase64: Bool, _ isLiteral: (UInt8) -> Bool
) -> [UInt8] {
  var word: [UInt8] = []
  word.reserveCapacity(80)
  word += (isBase64 ? "=?UTF-8?B?" : "=?UTF-8?Q?").utf8
  if isBase64 {
    word.appendBase64(ArraySlice(octets))
  } else {
    for octet in octets {
      if isLiteral(octet) {
        word.append(octet == UInt8(ascii: " ") ? UInt8(ascii: "_") : octet)
      } else {
        word.appendEscaped(octet)
      }
    }
  }
  word += "?=".utf8
  return word
}

/// A body as it is sent: its normalised octets in the content transfer encoding that suits them (RFC 2045 6).
private struct BodyPart {
  let type: String
  let encoding: String
  let content: [UInt8]

  init(_ type: String, _ text: String) {
    self.type = type
    let lines = normalisedLines(text)
    let sizeInQuotedPrintable = lines.count + 2 * lines.count(where: { !isLiteralInBody($0) })
    let sizeInBase64 = (lines.count + 2) / 3 * 4 + (lines.count + 56) / 57 * 2
    // A fifth shorter at least: people and filters like a body that can be read as it is.
    if sizeInBase64 * 5 < sizeInQuotedPrintable * 4 {
      encoding = "base64"
      content = base64Lines(lines, capacity: sizeInBase64)
    } else {
      content = quotedPrintableLines(lines, capacity: sizeInQuotedPrintable + sizeInQuotedPrintable / 24)
      encoding = content.count == lines.count ? "7bit" : "quoted-printable"
    }
  }
}

/// Lines that all end with CRLF. C0 controls other than tab go first, so that CR NUL LF is one line break.
private func normalisedLines(_ text: String) -> [UInt8] {
  let octets = Array(text.utf8)
  var lines: [UInt8] = []
  lines.reserveCapacity(octets.count + octets.count / 16 + 2)
  var start = 0
  var isAfterCR = false
  for (index, octet) in octets.enumerated() where octet < 0x20 && octet != UInt8(ascii: "\t") {
    if start < index {
      lines += octets[start..<index]  // In runs: one by one, this was a quarter of the whole time.
      isAfterCR = false
    }
    start = index + 1
    if octet == UInt8(ascii: "\r") || octet == UInt8(ascii: "\n") && !isAfterCR { lines.appendLineEnd() }
    if octet == UInt8(ascii: "\r") || octet == UInt8(ascii: "\n") { isAfterCR = octet == UInt8(ascii: "\r") }
  }
  lines += octets[start...]
  if let last = lines.last, last != UInt8(ascii: "\n") { lines.appendLineEnd() }
  return lines
}

/// RFC 2045 6.7 rules (2) and (3), of the octets that `normalisedLines` lets through.
private func isLiteralInBody(_ octet: UInt8) -> Bool { octet < 0x7F && octet != UInt8(ascii: "=") }

/// Quoted-printable (RFC 2045 6.7), which leaves a body that needs no encoding as it is.
private func quotedPrintableLines(_ lines: [UInt8], capacity: Int) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(capacity)
  var column = 0
  for (index, octet) in lines.enumerated() {
    if octet == UInt8(ascii: "\r") || octet == UInt8(ascii: "\n") {
      result.append(octet)
      column = 0
      continue
    }
    // There is a next octet, because each line has its CRLF.
    let isLast = lines[index + 1] == UInt8(ascii: "\r")
    let isBlank = octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t")
    var isEscaped = !isLiteralInBody(octet) || isLast && isBlank
    // The 76th octet of a line that goes on is the "=" of the soft line break.
    if column + (isEscaped ? 3 : 1) > (isLast ? 76 : 75) {
      result.append(UInt8(ascii: "="))
      result.appendLineEnd()
      column = 0
    }
    // RFC 2049 3: careless servers and mail stores spoil lines that begin with a dot or with "From ".
    if column == 0 {
      isEscaped = isEscaped || octet == UInt8(ascii: ".") || lines[index...].starts(with: "From ".utf8)
    }
    if isEscaped {
      result.appendEscaped(octet)
    } else {
      result.append(octet)
    }
    column += isEscaped ? 3 : 1
  }
  return result
}

private func base64Lines(_ octets: [UInt8], capacity: Int) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(capacity)
  for start in stride(from: 0, to: octets.count, by: 57) {
    result.appendBase64(octets[start..<min(start + 57, octets.count)])
    result.appendLineEnd()
  }
  return result
}

/// FNV-1a, 64 bits; Swift's own hashes are different in each process.
private func fnv1a(_ octets: [UInt8]) -> UInt64 {
  octets.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

private let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
private let hexDigits = Array("0123456789ABCDEF".utf8)

extension [UInt8] {
  fileprivate mutating func appendLineEnd() {
    append(UInt8(ascii: "\r"))
    append(UInt8(ascii: "\n"))
  }

  fileprivate mutating func appendLine(_ text: String) {
    self += text.utf8
    appendLineEnd()
  }

  /// The text in one line, or folded between its words.
  fileprivate mutating func appendHeader(_ name: String, _ text: String) {
    let text = oneLine(text)
    guard isPlain(text) else { return appendHeader(name, encodedWords(text)) }
    guard name.utf8.count + 2 + text.utf8.count <= 76, !text.isEmpty else {
      return appendHeader(name, text.utf8.split(separator: UInt8(ascii: " ")).map { Array($0) })
    }
    self += name.utf8
    self += ": ".utf8
    appendLine(text)
  }

  /// Folds before a token that would go past 76 octets, the limit of a line with an encoded-word (RFC 2047 2), but not
  /// before the first one: a name alone in its line is legal, and too often misread.
  fileprivate mutating func appendHeader(_ name: String, _ tokens: [[UInt8]]) {
    self += name.utf8
    append(UInt8(ascii: ":"))
    var column = name.utf8.count + 1
    for (index, token) in tokens.enumerated() {
      if index > 0 && column + 1 + token.count > 76 {
        appendLineEnd()
        column = 0
      }
      append(UInt8(ascii: " "))
      self += token
      column += 1 + token.count
    }
    appendLineEnd()
  }

  fileprivate mutating func append(_ part: BodyPart) {
    appendLine("Content-Type: \(part.type); charset=utf-8")
    appendLine("Content-Transfer-Encoding: \(part.encoding)")
    appendLine("")
    self += part.content
  }

  /// RFC 4648 4.
  fileprivate mutating func appendBase64(_ octets: ArraySlice<UInt8>) {
    let digits = base64Digits
    for start in stride(from: octets.startIndex, to: octets.endIndex, by: 3) {
      let count = Swift.min(3, octets.endIndex - start)
      var bits = 0
      for index in 0..<3 { bits = bits << 8 | (index < count ? Int(octets[start + index]) : 0) }
      for place in 0...3 { append(place <= count ? digits[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "=")) }
    }
  }

  /// `=` and two hexadecimal digits in upper case, as both quoted-printable and Q have them.
  fileprivate mutating func appendEscaped(_ octet: UInt8) {
    append(UInt8(ascii: "="))
    append(hexDigits[Int(octet >> 4)])
    append(hexDigits[Int(octet & 15)])
  }
}
