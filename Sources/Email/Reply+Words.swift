/// An enhanced status code (RFC 3463), for example 5.1.1.
struct StatusCode: Hashable {
  let status: Int
  let subject: Int
  let detail: Int

  /// The code that a word is, with what stands around it: `5.1.1`, `(#5.1.1)`, `5.7.1:`.
  init?(_ word: some StringProtocol) {
    var numbers: [Int] = []
    var digits = 0
    var number = 0
    for byte in word.utf8 {
      switch byte {
      case 0x30...0x39:
        digits += 1
        guard digits <= 3, numbers.count < 3 else { return nil }
        number = 10 * number + Int(byte - 0x30)
      case 0x2E where digits > 0 && numbers.count < 2:
        numbers.append(number)
        (number, digits) = (0, 0)
      // Around it, and once only.
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "#"):
        guard numbers.isEmpty, digits == 0 else { return nil }
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: ","), 0x2E:
        guard digits > 0, numbers.count == 2 else { return nil }
        numbers.append(number)
        digits = 0
      default: return nil
      }
    }
    if digits > 0 { numbers.append(number) }
    guard numbers.count == 3, numbers[0] == 4 || numbers[0] == 5 else { return nil }
    (status, subject, detail) = (numbers[0], numbers[1], numbers[2])
  }
}

/// What one sentence of a reply says: its codes and its words, without the names in it.
///
/// An address, a host or a link can contain any word ("relay@", "spam-blocked.example"), so none of their words count.
struct Sentence {
  /// The enhanced codes, where the server wrote them: in front of the line, behind it, or quoted.
  private(set) var codes: [StatusCode] = []
  /// The words in lower case, in ASCII where they are Latin.
  private(set) var words: [String] = []
  /// Whether one of our addresses is in it.
  private(set) var namesOurs = false
  /// Whether one of our domains or hosts is in it.
  private(set) var namesOurDomain = false
  /// Whether the recipient is named in it.
  private(set) var namesLead = false
}

extension Sentence {
  /// More words than any server writes; what a hostile one writes beyond them is not looked at.
  private static let limit = 250

  /// Appends a line of the reply.
  ///
  /// - Parameters:
  ///   - own: our addresses, domains and hosts, in lower case.
  ///   - lead: the recipient's address, in lower case.
  mutating func append(_ line: String, own: [String], lead: String?) {
    for token in Sentence.tokens(line) {
      guard words.count < Sentence.limit else { return }
      let lower = token.lowercased()
      note(lower, own: own, lead: lead)
      if let code = StatusCode(token) {
        codes.append(code)
      } else if !Sentence.isName(lower) {
        words += Sentence.words(token)
      } else if let parts = Sentence.exception(token) {
        words += parts
      }
    }
  }

  /// What stands between blanks; an address is one with all that is between its angle brackets or quotes.
  private static func tokens(_ line: String) -> [String] {
    let line = Array(line)
    var tokens: [String] = []
    var start = 0
    while start < line.count {
      guard !line[start].isWhitespace else {
        start += 1
        continue
      }
      var end = start
      if let bracket = bracket(line, start) {
        end = bracket
      } else {
        repeat {
          end = quote(line, end) ?? end + 1
        } while end < line.count && !line[end].isWhitespace
          && (line[end] != "<" || bracket(line, end) == nil)
      }
      tokens.append(String(line[start..<end]))
      start = end
    }
    return tokens
  }

  /// Behind the address in angle brackets that begins there.
  private static func bracket(_ line: [Character], _ start: Int) -> Int? {
    guard line[start] == "<" else { return nil }
    var isQuoted = false
    var hasBlank = false
    var isAddress = false
    // An address has at most 254 octets.
    for at in start + 1..<min(start + 260, line.count) {
      switch line[at] {
      case "\"": isQuoted.toggle()
      case ">" where !isQuoted: return isAddress || !hasBlank ? at + 1 : nil
      case "@": isAddress = true
      default: hasBlank = hasBlank || line[at].isWhitespace
      }
    }
    return nil
  }

  /// Behind the quoted local part that begins there: `"no such user"@`.
  private static func quote(_ line: [Character], _ start: Int) -> Int? {
    guard line[start] == "\"" else { return nil }
    for at in start + 1..<max(start + 1, min(start + 66, line.count - 1)) where line[at] == "\"" {
      return line[at + 1] == "@" ? at + 2 : nil
    }
    return nil
  }

  /// Notes whose names are in a word.
  private mutating func note(_ word: String, own: [String], lead: String?) {
    if let lead, Sentence.names(word, lead) { namesLead = true }
    for name in own where Sentence.names(word, name) {
      if name.contains("@") { namesOurs = true } else { namesOurDomain = true }
    }
  }

  /// Whether the word has the name in it, and not as a part of a longer one.
  private static func names(_ word: String, _ name: String) -> Bool {
    let (word, name) = (Array(word.utf8), Array(name.utf8))
    guard !name.isEmpty, word.count >= name.count else { return false }
    for at in 0...(word.count - name.count) where word[at] == name[0] && word[at..<(at + name.count)] == name[...] {
      let before = at == 0 ? nil : word[at - 1]
      let rest = word[(at + name.count)...]
      let isLonger = isOfName(rest.first) || rest.first == 0x2E && isOfName(rest.dropFirst().first)
      if !isOfName(before), before != 0x2E, !isLonger { return true }
    }
    return false
  }

  private static func isOfName(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    switch byte {
    case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"), 0x80...: return true
    default: return false
    }
  }

  /// Whether a word is an address, a host, a number, a link or an id, whatever letters it has.
  private static func isName(_ word: String) -> Bool {
    if word.hasPrefix("<") || word.hasPrefix("www.") { return true }
    let bytes = Array(word.utf8)
    var letters = 0
    var digits = 0
    for (at, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "@"), UInt8(ascii: "\\"): return true
      // "//" of a link.
      case UInt8(ascii: "/") where at > 0 && bytes[at - 1] == byte: return true
      // A dot between two letters or digits: a host or an IP address.
      case 0x2E where at > 0 && at + 1 < bytes.count && isOfName(bytes[at - 1]) && isOfName(bytes[at + 1]): return true
      // Two colons near each other, or letters around one: an IPv6 address, if all else is hexadecimal.
      case UInt8(ascii: ":") where at > 0 && bytes[at - 1] == byte: return true
      case 0x30...0x39: digits += 1
      case 0x61...0x7A, 0x80...: letters += 1
      default: break
      }
    }
    // "4-20020a056000154400b0", "[AM7EUR03FT001]"; but not "(S3150)" or "[TSS04]", which are a server's own codes.
    return digits > 0 && letters > 0 && letters + digits > 8
  }

  /// The parts of what looks like a host and is the name of a fault, as Exchange writes them:
  /// `RESOLVER.ADR.RecipientNotFound`; and of two sentences without a blank between them: `mailbox.Local`.
  private static func exception(_ token: String) -> [String]? {
    guard !token.contains("@"), !token.contains("/"), !token.hasPrefix("<") else { return nil }
    let parts = token.split(separator: ".")
    guard let first = parts.first else { return nil }
    if ["RESOLVER", "STOREDRV", "TRANSPORT", "SMTPSEND", "ROUTING"].contains(first) { return words(token) }
    guard parts.count == 2, first.last?.isLowercase == true, parts[1].first?.isUppercase == true,
      parts[1].dropFirst().first?.isLowercase == true
    else { return nil }
    return words(token)
  }

  /// The words of a token, in lower case and without accents, apostrophes and punctuation.
  private static func words(_ token: String) -> [String] {
    var words: [String] = []
    var word = ""
    for scalar in token.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
      // "D'envoi" is two words, "doesn't" is one.
      case "'", "\u{2019}", "`": if word.utf8.count == 1 { word = "" }
      case "\u{300}"..."\u{36F}": break
      default:
        if let letters = folded[scalar] {
          word += letters
        } else if scalar.properties.isAlphabetic {
          word.unicodeScalars.append(scalar)
        } else if !word.isEmpty {
          words.append(word)
          word = ""
        }
      }
    }
    if !word.isEmpty { words.append(word) }
    // "E-mail" is one word.
    if let at = words.firstIndex(of: "e"), at + 1 < words.count, words[at + 1].hasPrefix("mail") {
      words[at] += words.remove(at: at + 1)
    }
    return words
  }

  /// The accented letters of the languages that servers speak, as they are written without.
  private static let folded: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = ["ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe"]
    for (plain, accented) in [
      ("a", "àáâãåąă"), ("c", "çćč"), ("d", "ďđ"), ("e", "èéêëęě"), ("i", "ìíîïı"), ("l", "łľ"), ("n", "ñńň"),
      ("o", "òóôõøő"), ("r", "ř"), ("s", "śšşș"), ("t", "ťţț"), ("u", "ùúûůű"), ("y", "ýÿ"), ("z", "źżž"),
    ] {
      for scalar in accented.unicodeScalars { table[scalar] = plain }
    }
    return table
  }()
}

extension Reply {
  /// The sentences of the reply: each line is one, for the truth may be on any; but lines that begin with the same
  /// enhanced code are one sentence that the server has wrapped.
  func sentences(own: [String], lead: String?) -> [Sentence] {
    var sentences: [Sentence] = []
    var last: StatusCode?
    // The first and the last lines, of a reply that has more than any server writes.
    let some = lines.count > 40 ? Array(lines.prefix(20) + lines.suffix(20)) : lines
    for line in some {
      let code = line.split(separator: " ", maxSplits: 1).first.flatMap { StatusCode($0) }
      if code == nil || code != last || sentences.isEmpty { sentences.append(Sentence()) }
      sentences[sentences.count - 1].append(line, own: own, lead: lead)
      last = code
    }
    return sentences
  }

  /// What makes two refusals alike, wherever they were said and whomever they name: the code, the enhanced code and the
  /// words, without addresses, hosts, links, numbers and ids; at most 80 characters.
  package var fingerprint: String {
    let sentences = sentences(own: [], lead: nil)
    var text = String(code)
    if let code = sentences.first?.codes.first { text += " \(code.status).\(code.subject).\(code.detail)" }
    for word in sentences.lazy.flatMap(\.words) where !word.utf8.contains(where: { (0x30...0x39).contains($0) }) {
      guard text.utf8.count + word.utf8.count < 80 else { break }
      text += " " + word
    }
    return text
  }
}
