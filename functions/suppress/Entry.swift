import Campaign
import Function

/// Who must not be contacted.
struct Entry {
  /// An address or a domain in lower case, or a phone number without separators.
  let value: String
  /// Nil is all of them.
  let channel: String?
  let reason: String

  /// An address, a phone number or a domain; the statements see to its case, as they do to that of the leads.
  ///
  /// - Throws: `.data` when it is none of them.
  static func value(_ text: String) throws(Failure) -> String {
    let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    if let at = trimmed.lastIndex(of: "@"), at != trimmed.startIndex {
      do throws(MailboxError) {
        _ = try Mailbox(name: nil, address: trimmed)
      } catch {
        throw Failure(.data, "the address cannot be used: \(error)")
      }
      return trimmed
    }
    if let phone = Phone.normalized(trimmed) { return phone }
    let domain = trimmed.hasPrefix("@") ? String(trimmed.dropFirst()) : trimmed
    let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, domain.utf8.count <= 253, labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isOfDomain) })
    else { throw Failure(.data, "\"\(trimmed)\" is neither an address nor a phone number nor a domain") }
    return domain
  }

  private static func isOfDomain(_ character: Character) -> Bool {
    character == "-" || character.isLetter || character.isNumber
  }

  /// Every row of a CSV, or every mistake in it.
  static func read(_ path: String, _ call: Call) throws -> [Entry] {
    var reading = Reading(reason: call[Suppress.reason], channel: call[Suppress.channel])
    var records = CSVRecords()
    try call.stream(path) { chunk in try records.feed(chunk) { record throws(Failure) in try reading.take(record) } }
    try records.finish { record throws(Failure) in try reading.take(record) }
    guard reading.mistakes.isEmpty else { throw Failure(.data, reading.mistakes) }
    guard !reading.entries.isEmpty else { throw Failure(.data, "there is no row behind the header") }
    return reading.entries
  }
}

/// The rows of a CSV, one after the other.
private struct Reading {
  private var columns: (address: Int, channel: Int?, reason: Int?)?
  private let reason: String
  private let channel: String?
  private(set) var entries: [Entry] = []
  private(set) var mistakes: [String] = []

  init(reason: String, channel: String?) {
    self.reason = reason
    self.channel = channel
  }

  mutating func take(_ record: borrowing CSVRecord) throws(Failure) {
    guard let columns else {
      if let problem = record.problem { throw Failure(.data, "the header cannot be used: \(problem)") }
      let names = (0..<record.count).map { record.text($0).lowercased() }
      guard let address = ["address", "email", "phone", "domain"].compactMap({ names.firstIndex(of: $0) }).first else {
        throw Failure(.data, "the header has no column \"address\" (nor \"email\", \"phone\" or \"domain\")")
      }
      self.columns = (address, names.firstIndex(of: "channel"), names.firstIndex(of: "reason"))
      return
    }
    // A hundred are enough for one reading.
    guard mistakes.count < 100 else { return }
    if let problem = record.problem { return mistakes.append("line \(record.line): \(problem)") }
    func field(_ index: Int?) -> String? {
      guard let index, index < record.count else { return nil }
      let text = record.text(index)
      return text.isEmpty ? nil : text
    }
    let given = field(columns.channel)
    guard given.map(Suppress.channels.contains) ?? true else {
      return mistakes.append("line \(record.line): the channel must be \(Suppress.channels.joined(separator: ", "))")
    }
    do {
      let value = try Entry.value(field(columns.address) ?? "")
      entries.append(Entry(value: value, channel: given ?? channel, reason: field(columns.reason) ?? reason))
    } catch {
      mistakes.append("line \(record.line): \(error.sentences.joined(separator: "; "))")
    }
  }
}
