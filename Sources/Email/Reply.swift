import Campaign

/// A reply of a mail server (RFC 5321, 4.2).
package struct Reply: Hashable, Sendable {
  /// The three digits.
  package let code: Int
  /// The text of each line without the code, printable: servers put the truth on the first, the last or any other.
  package let lines: [String]
  /// The code and the text of all lines on one line, printable, at most 300 characters.
  package let text: String

  package init(code: Int, lines: [String]) {
    self.code = code
    self.lines = lines
    let whole = lines.reduce(into: String(code)) { if !$1.isEmpty { $0 += " " + $1 } }
    text = whole.utf8.count > 300 ? String(whole.prefix(300)) : whole
  }

  package var isPositive: Bool { (200..<300).contains(code) }
  package var isTransient: Bool { (400..<500).contains(code) }
  package var isPermanent: Bool { (500..<600).contains(code) }

  /// The enhanced status code behind the code, for example `5.1.1` (RFC 3463); its class must be the code's.
  var enhancedCode: Substring? {
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.count > 1 else { return nil }
    let digits = words[1].split(separator: ".", omittingEmptySubsequences: false)
    guard digits.count == 3, digits.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isWholeNumber) }),
      digits[0].first == text.first
    else { return nil }
    return words[1]
  }

  /// The code, and the enhanced status code where there is one.
  package var codes: String { enhancedCode.map { "\(code) \($0)" } ?? String(code) }

  /// What the server calls the message: Postfix and its kin say `queued as ID`, Amazon SES `Ok ID`.
  var queueID: String? {
    let words = text.split(separator: " ")
    if let at = words.lastIndex(of: "as"), at > 0, words[at - 1].lowercased() == "queued", at + 1 < words.count {
      return String(words[at + 1])
    }
    if words.count == 3, words[1].lowercased() == "ok" { return String(words[2]) }
    return nil
  }
}

/// Splits what a server sends into replies, however it arrives.
package struct ReplyReader {
  private var bytes: [UInt8] = []
  /// Where in `bytes` the next line begins.
  private var start = 0
  private var lines: [String] = []
  private var size = 0

  package init() {}

  package mutating func append(_ more: ArraySlice<UInt8>) { bytes += more }

  /// The next complete reply; nil when more is needed; a nil inside when what came is no SMTP.
  package mutating func next() -> Reply?? {
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      let line = bytes[start..<(end > start && bytes[end - 1] == 0x0D ? end - 1 : end)]
      size += line.count
      guard size < 64 << 10, let code = ReplyReader.code(line) else { return .some(nil) }
      let isLast = line.count == 3 || line[start + 3] == 0x20
      let text = ReplyReader.printable(line.dropFirst(4))
      start = end + 1
      if start == bytes.count {
        bytes.removeAll(keepingCapacity: true)
        start = 0
      }
      if !text.isEmpty { lines.append(text) }
      guard isLast else { continue }
      defer { lines = [] }
      size = 0
      return Reply(code: code, lines: lines)
    }
    // A line may have 512 octets (RFC 5321, 4.5.3.1.5); some have more, none has this many.
    return bytes.count - start > 8 << 10 ? .some(nil) : nil
  }

  /// The code that a line begins with, if it does as RFC 5321, 4.2 has it.
  private static func code(_ line: ArraySlice<UInt8>) -> Int? {
    guard line.count >= 3 else { return nil }
    var code = 0
    for octet in line.prefix(3) {
      guard (0x30...0x39).contains(octet) else { return nil }
      code = 10 * code + Int(octet - 0x30)
    }
    let isEnded = line.count == 3 || line[line.startIndex + 3] == 0x20 || line[line.startIndex + 3] == 0x2D
    return isEnded && (200..<600).contains(code) ? code : nil
  }

  /// The text without anything that acts on a terminal or hides in it.
  package static func printable(_ line: some Collection<UInt8>) -> String {
    let whole = String(decoding: line, as: UTF8.self)
    // Nearly all lines are this, and looking up each character's category took a twelfth of a tick's time.
    if line.allSatisfy({ (0x20...0x7E).contains($0) }) { return whole }
    var text = ""
    for scalar in whole.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text += " "
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
