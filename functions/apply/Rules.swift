import Campaign
import Function
import Glibc
import Template

/// What the document can say (DESIGN §8) and `tick` does not keep yet: refused, because a rule that is stored and not
/// kept is a promise that is broken. The issue that makes `tick` keep one deletes it here, and reads it in `Document`.
let notKeptYet = (
  keys: [
    "sender": [
      "concurrent_calls", "session", "api_key_env", "account_sid_env", "auth_token_env",
    ],
    "template": ["media"],
  ],
  channels: ["whatsapp", "voice"],
  types: ["lead_generation", "fully_automated"],
  problem: "is not kept yet by this version; leave it out"
)

// MARK: - Texts

extension Tree {
  /// The text of a scalar, whatever it looks like; numbers of JSON are no texts.
  func text() throws(Problem) -> String {
    guard case .scalar(let text, let style) = content, style != .value else {
      throw Problem("must be a text, and is \(shown)")
    }
    guard !text.isEmpty else { throw Problem("must not be empty") }
    return text
  }

  /// The text of a scalar that stands for a number.
  fileprivate var number: String? {
    guard case .scalar(let text, let style) = content, style != .text else { return nil }
    return text
  }

  /// A text on one line, short enough to be looked at.
  fileprivate func line(atMost length: Int) throws(Problem) -> String {
    let text = try text()
    if let problem = Name.lineProblem(text, atMost: length) { throw Problem(problem) }
    return text
  }
}

extension Rule where Value == String {
  /// A name: what the thing is found by, in documents, on command lines and in logs.
  static let name = Rule { (tree) throws(Problem) in try tree.line(atMost: Name.limit) }

  /// One of some words; those of `later` are known, and not kept yet.
  static func oneOf(_ words: [String], later: [String] = []) -> Rule {
    Rule { (tree) throws(Problem) in
      let word = try tree.text()
      guard !later.contains(word) else { throw Problem("\"\(word)\" \(notKeptYet.problem)", coversTheRest: true) }
      guard words.contains(word) else {
        throw Problem("must be \(words.joined(separator: " or ")), and is \(tree.shown)")
      }
      return word
    }
  }

  /// The author of mails, as the document has it.
  static let mailbox = Rule { (tree) throws(Problem) in
    let text = try tree.line(atMost: 500)
    do { _ = try Mailbox(parsing: text) } catch { throw Problem("\(error)") }
    return text
  }

  /// The name of the variable that holds a secret; the variable itself is never looked at here.
  ///
  /// Whoever can write a document can also name a mail server: of this program's variables it may be given only those
  /// that were made for that (DESIGN §6).
  static let secretVariable = Rule { (tree) throws(Problem) in
    let text = try tree.text()
    guard text.utf8.count <= 200, text.utf8.allSatisfy({ variableOctets.contains($0) }) else {
      throw Problem(
        "must be the name of an environment variable, of A to Z, 0 to 9 and _; what stands there is not shown, "
          + "because it could be the password itself")
    }
    guard text.hasPrefix("SENDER_"), text.utf8.count > "SENDER_".utf8.count else {
      throw Problem("must begin with SENDER_, and is \(tree.shown): no other variable may reach a mail server")
    }
    return text
  }

  /// The name in EHLO: what a mail server looks up, and compares (RFC 5321, 4.1.1.1 and 4.1.3).
  static let helo = Rule { (tree) throws(Problem) in
    let text = try tree.text()
    guard Host.isFullName(text) || Host.isAddressLiteral(text) else {
      throw Problem(
        "must be a full domain name, like mail.acme.test (in ASCII: xn--…), or an address literal, like [192.0.2.1] or "
          + "[IPv6:2001:db8::1], and is \(tree.shown)")
    }
    return text
  }

  /// A mail server. The address is never shown: people put passwords into it.
  static let mailServer = Rule { (tree) throws(Problem) in
    let text = try tree.text()
    guard !text.contains("@") else {
      throw Problem("must not have a user or a password in it: use username and password_env")
    }
    let schemes = ["smtp://", "smtp+starttls://", "smtps://"]
    guard let scheme = schemes.first(where: { text.hasPrefix($0) }), isHostAndPort(text.dropFirst(scheme.count))
    else {
      throw Problem(
        "must be smtp://HOST:PORT, smtp+starttls://HOST:PORT or smtps://HOST:PORT, with nothing behind it; the port "
          + "can be left out, and an IPv6 address stands in brackets")
    }
    return text
  }

  private static func isHostAndPort(_ text: Substring) -> Bool {
    var rest = text
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]") else { return false }
      var address = in6_addr()
      guard inet_pton(AF_INET6, String(text[..<end].dropFirst()), &address) == 1 else { return false }
      rest = text[end...].dropFirst()
    } else {
      rest = text.drop { $0 != ":" }
      let host = text[..<rest.startIndex].utf8
      guard (1...253).contains(host.count), host.allSatisfy({ hostOctets.contains($0) }) else { return false }
    }
    guard rest.first == ":" else { return rest.isEmpty }
    let port = rest.dropFirst()
    return port.utf8.allSatisfy { decimal.contains($0) } && UInt16(port).map { $0 > 0 } ?? false
  }

  private static let decimal = Set("0123456789".utf8)
  private static let hostOctets = decimal.union("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._".utf8)
  private static let variableOctets = decimal.union("ABCDEFGHIJKLMNOPQRSTUVWXYZ_".utf8)
}

// MARK: - Numbers

extension Rule where Value == Int {
  /// A whole number.
  static func count(_ range: ClosedRange<Int>) -> Rule {
    Rule { (tree) throws(Problem) in
      guard let number = tree.number.flatMap({ Int($0) }), range.contains(number) else {
        throw Problem("must be a whole number from \(range.lowerBound) to \(range.upperBound), and is \(tree.shown)")
      }
      return number
    }
  }
}

extension Rule where Value == Bool {
  /// A truth value: `true` or `false`, as YAML 1.2 and JSON have it.
  static let yesOrNo = Rule { (tree) throws(Problem) in
    guard case .scalar(let text, let style) = tree.content, style != .text, let value = Bool(text) else {
      throw Problem("must be true or false, and is \(tree.shown)")
    }
    return value
  }
}

extension Rule where Value == Span {
  /// A duration.
  static func duration(_ range: ClosedRange<Span>) -> Rule {
    Rule { (tree) throws(Problem) in
      guard case .scalar(let text, _) = tree.content, let span = Span(text), range.contains(span) else {
        throw Problem(
          "must be a duration from \(range.lowerBound) to \(range.upperBound), like 500ms, 60s, 2m, 1h or a number of "
            + "seconds, and is \(tree.shown)")
      }
      return span
    }
  }
}

/// A duration in whole milliseconds, so that a comparison here and the database's own can never differ.
struct Span: Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
  let milliseconds: Int

  /// Reads `500ms`, `60s`, `2m`, `1h`, or a number of seconds.
  init?(_ text: String) {
    let number = text.prefix { $0 == "." || $0.isASCII && $0.isNumber }
    let units = ["ms": 1.0, "": 1000, "s": 1000, "m": 60_000, "h": 3_600_000]
    guard let unit = units[String(text[number.endIndex...])], let count = Double(number), count < 1e9 else {
      return nil
    }
    let milliseconds = (count * unit).rounded()
    guard abs(milliseconds - count * unit) < 1e-6 else { return nil }
    self.milliseconds = Int(milliseconds)
  }

  init(stringLiteral text: String) { milliseconds = Span(text)?.milliseconds ?? 0 }

  var seconds: Double { Double(milliseconds) / 1000 }

  /// In the largest unit that divides it.
  var description: String {
    let units = [(3_600_000, "h"), (60_000, "m"), (1000, "s")]
    let unit = units.first { milliseconds > 0 && milliseconds % $0.0 == 0 } ?? (1, "ms")
    return "\(milliseconds / unit.0)\(unit.1)"
  }

  static func < (one: Span, other: Span) -> Bool { one.milliseconds < other.milliseconds }
}

// MARK: - Rules of sending

/// How fast a sender sends, or a receiving domain is sent to.
enum Pace {
  /// So many in a period, which is in PostgreSQL's words.
  case rate(Int, per: String)
  /// A random time between two messages.
  case delay(Span, Span)

  /// Reads `{ per_minute: 600 }`, or, where that is allowed, `{ delay: [5, 15] }`; nil where it is wrong.
  init?(_ fields: Fields, takesDelay: Bool) {
    let periods = [("per_second", "1 second"), ("per_minute", "1 minute"), ("per_hour", "1 hour")]
    var found: [Pace?] = periods.compactMap { key, period in
      guard fields.has(key) else {
        _ = fields.optional(key, .count(1...100_000))
        return nil
      }
      return .some(fields.optional(key, .count(1...100_000)).map { .rate($0, per: period) })
    }
    if takesDelay {
      let bounds = fields.list("delay", .duration("0s"..."24h"))
      if fields.has("delay") {
        let isRange = bounds.count == 2 && bounds[0] <= bounds[1]
        if !isRange { fields.note("delay", "must be two durations, the shorter one first, like [5, 15]") }
        found.append(isRange ? .delay(bounds[0], bounds[1]) : nil)
      }
    }
    guard found.count == 1 else {
      let words = takesDelay ? "per_second, per_minute, per_hour or delay" : "per_second, per_minute or per_hour"
      fields.note(nil, "must have \(words), and one of them only")
      return nil
    }
    guard let pace = found[0] else { return nil }
    self = pace
  }
}

extension Rule where Value == String {
  /// A time of day, 24 hours.
  static func timeOfDay(endsDay: Bool) -> Rule {
    Rule { (tree) throws(Problem) in
      let text = try tree.text()
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let isDigits = parts.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy { decimal.contains($0) } }
      guard parts.count == 2, isDigits, let hour = Int(parts[0]), let minute = Int(parts[1]),
        hour < 24 && minute < 60 || endsDay && hour == 24 && minute == 0
      else {
        throw Problem(
          "must be a time of day from 00:00 to \(endsDay ? "24:00" : "23:59"), like \"09:00\", and is \(tree.shown)")
      }
      return text
    }
  }

  /// A date and time with its offset (RFC 3339, 5.6): without one nobody knows which instant it is.
  static let instant = Rule { (tree) throws(Problem) in
    let text = try tree.text()
    guard text.isInstant else {
      throw Problem("must be a date and time with an offset, like 2026-05-04T09:00:00+02:00, and is \(tree.shown)")
    }
    return text
  }

  /// A decimal number, as it is written: 1.3 is no sum of powers of two.
  static func decimal(_ range: ClosedRange<Double>) -> Rule {
    Rule { (tree) throws(Problem) in
      guard let text = tree.number, text.wholeMatch(of: /[0-9]{1,9}(\.[0-9]{1,9})?/) != nil, let number = Double(text),
        range.contains(number)
      else {
        throw Problem("must be a number from \(range.lowerBound) to \(range.upperBound), and is \(tree.shown)")
      }
      return text
    }
  }
}

extension Rule where Value == Int {
  /// A day of the week, as ISO 8601 counts it: Monday is 1.
  static let weekday = Rule { (tree) throws(Problem) in
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    guard let day = days.firstIndex(of: try tree.text().lowercased()) else {
      throw Problem("must be \(days.joined(separator: ", ")), and is \(tree.shown)")
    }
    return day + 1
  }
}

/// Whether a text can be the domain of an address, in lower case.
func isDomain(_ text: String) -> Bool {
  let octets = Set("0123456789abcdefghijklmnopqrstuvwxyz-.".utf8)
  return (1...253).contains(text.utf8.count) && text.utf8.allSatisfy { octets.contains($0) || $0 >= 0x80 }
    && !text.hasPrefix(".") && !text.hasSuffix(".") && text.contains(".") && !text.contains("..")
}

// MARK: - Templates

/// The source of a template's part, and the variables that must have a value for some lead.
struct Part {
  let source: String
  let variables: [String]
}

extension Rule where Value == Part {
  /// A part that can have many lines.
  static func template(_ escaping: Template.Escaping) -> Rule {
    Rule { (tree) throws(Problem) in try compile(tree.text(), escaping) }
  }

  /// One line; the line end of a YAML block is no part of it.
  static let subject = Rule { (tree) throws(Problem) in
    var text = try tree.text()
    if text.last?.isNewline ?? false { text.removeLast() }
    guard !text.isEmpty else { throw Problem("must not be empty") }
    guard text.unicodeScalars.allSatisfy(\.isVisible) else {
      throw Problem("must be one line, without control characters or invisible characters")
    }
    return try compile(text, .none)
  }

  private static func compile(_ source: String, _ escaping: Template.Escaping) throws(Problem) -> Part {
    // Mail programs cut a message off after 100 KiB; and every tick compiles what it sends.
    guard source.utf8.count <= 256 << 10 else { throw Problem("is longer than 256 KiB") }
    do {
      // As import-leads writes the names of columns.
      let variables = try Template(source, escaping: escaping).variables.map(\.nfc)
      return Part(source: source, variables: variables)
    } catch {
      // The problem quotes the tag, which can be half the template where a bracket is missing.
      throw Problem(shown("\(error)", atMost: 160))
    }
  }
}
