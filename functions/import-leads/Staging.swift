import Campaign
import Function
import Steps

/// Turns the records of a file into rows of ``CopyImportRows``, in bounded memory, and counts what can be used.
///
/// Everything that a record says by itself is judged here, once, while the server writes the rows before it; what only
/// the database knows, such as the time zones, is judged there.
struct Staging: ~Copyable {
  /// What became of the records.
  struct Verdict {
    /// Records that can be used.
    var usable = 0
    /// Those among them that have only a phone.
    var withoutEmail = 0
    /// Those among them that have an email and an unusable phone.
    var phonesLeftOut = 0
    /// Those among them whose email may stand further up as well.
    var seemRepeated = 0
    /// The line of the first record that cannot be used, and why, without a value of it that is an address.
    var firstReject: (line: Int, reason: String)?
  }

  /// The most bytes of a value in a column of leads.
  private static let valueLimit = 10_000
  /// How many bytes are put at once: less than a socket holds, so that we make the next rows while the server takes
  /// these. A million rows took 0.9 s; with 256 KiB at once the two waited for each other, and it was 1.6 s.
  private static let chunk = 32 << 10

  /// How many records there are behind the header.
  private(set) var rows = 0
  /// The line on which the last of them begins.
  private(set) var lastLine = 0
  /// What became of them so far.
  private(set) var verdict = Verdict()
  private var header: Header?
  /// Whether the file has a column of time zones.
  var hasTimeZones: Bool { header?.known[CopyImportRows.leadColumns.count - 1] != nil }
  private var ids: LeadIDs
  private var seen = SeenEmails()
  private var copy = CopyRows()

  /// Nothing read yet.
  init(ids: LeadIDs) { self.ids = ids }

  /// Reads the document to its end, and hands `put` what COPY is to get.
  mutating func read(_ call: Call, _ put: (UnsafeRawBufferPointer) throws -> Void) throws {
    var records = CSVRecords()
    copy.begin()
    try call.streamDocument { chunk in
      try records.feed(chunk) { record in try take(record, put) }
    }
    try records.finish { record in try take(record, put) }
    guard header != nil else { throw Failure(.data, "the file is empty: it must begin with a header") }
    guard rows > 0 else { throw Failure(.data, "there is no row behind the header") }
    copy.end()
    try flush(put)
  }

  private mutating func take(_ record: borrowing CSVRecord, _ put: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let header else {
      header = try Header(record)
      return
    }
    rows += 1
    lastLine = record.line
    append(record, header)
    if copy.bytes.count >= Self.chunk { try flush(put) }
  }

  private mutating func flush(_ put: (UnsafeRawBufferPointer) throws -> Void) throws {
    try copy.bytes.withUnsafeBytes { bytes in try put(bytes) }
    copy.removeAll()
  }

  // MARK: - One row

  /// What is found out about a record while its values are appended.
  private struct Findings {
    var problem: String?
    var hasEmail = false
    var isAddress = false
    var hasPhone = false
    var isNumber = false
    var seemsRepeated = false
  }

  private mutating func append(_ record: borrowing CSVRecord, _ header: Header) {
    copy.beginRow(columns: CopyImportRows.leadColumns.count + 6)
    copy.append(record.line)
    ids.appendNext(to: &copy)

    let start = copy.bytes.count
    var found = Findings()
    found.problem = record.problem.map { "\($0)" }
    if found.problem == nil && record.count != header.count {
      found.problem = "\(record.count) field\(record.count == 1 ? "" : "s") where the header has \(header.count)"
    }
    if found.problem == nil { appendValues(record, header, &found) }
    if found.problem != nil {
      // What was appended of its values before one was found too long is taken back.
      copy.removeAll(after: start)
      for _ in 0...CopyImportRows.leadColumns.count { copy.appendNull() }
    } else if found.hasEmail ? !found.isAddress : !found.isNumber {
      // These three sentences are known in list-import-rejects.sql, which puts the value in.
      found.problem =
        found.hasEmail
        ? "the email is not an address"
        : found.hasPhone
          ? "the phone is not a number, and there is no email" : "there is neither an email nor a phone"
    }
    appendFindings(found, line: record.line)
  }

  /// Appends the columns of a lead and its attributes, until one is found too long.
  private mutating func appendValues(_ record: borrowing CSVRecord, _ header: Header, _ found: inout Findings) {
    for (column, place) in header.known.enumerated() {
      guard let place else {
        copy.appendNull()
        continue
      }
      let length = record.withField(place) { field in
        let value = field.valueRange
        if value.isEmpty {
          copy.appendNull()
        } else if value.count > Self.valueLimit {
          return value.count
        } else if column == CopyImportRows.email {
          found.hasEmail = true
          found.isAddress = Mailbox.isAddress(field.extracting(value))
          found.seemsRepeated = found.isAddress && seen.add(field.extracting(value))
          copy.append(field, value)
        } else if column == CopyImportRows.phone {
          let start = copy.beginColumn()
          found.hasPhone = true
          found.isNumber = copy.appendPhone(field, value)
          if found.isNumber || !found.hasEmail {
            copy.endColumn(begun: start)
          } else {
            copy.removeAll(after: start)
          }
        } else {
          copy.append(field, value)
        }
        return value.count
      }
      guard length <= Self.valueLimit else {
        let name = CopyImportRows.leadColumns[column]
        found.problem = "the \(name) has \(length) bytes; \(Self.valueLimit) are the most"
        return
      }
    }
    appendAttributes(record, header)
  }

  /// Appends the problem and the two flags, and counts.
  private mutating func appendFindings(_ found: Findings, line: Int) {
    let phoneLeftOut = found.hasEmail && found.hasPhone && !found.isNumber
    if let problem = found.problem {
      if verdict.firstReject == nil { verdict.firstReject = (line, problem) }
      let sentence = problem.utf8.span
      copy.append(sentence, sentence.indices)
    } else {
      verdict.usable += 1
      if !found.hasEmail { verdict.withoutEmail += 1 }
      if phoneLeftOut { verdict.phonesLeftOut += 1 }
      if found.seemsRepeated { verdict.seemRepeated += 1 }
      copy.appendNull()
    }
    copy.append(phoneLeftOut)
    copy.append(found.seemsRepeated)
  }

  /// Appends a `jsonb` object of the columns that have a value, or NULL.
  private mutating func appendAttributes(_ record: borrowing CSVRecord, _ header: Header) {
    let start = copy.beginColumn()
    for attribute in header.attributes {
      record.withField(attribute.index) { field in
        let value = field.valueRange
        guard !value.isEmpty else { return }
        // 1 is the version of the format of `jsonb`.
        if copy.bytes.count == start { copy.append(byte: 1) }
        copy.append(byte: copy.bytes.count == start + 1 ? UInt8(ascii: "{") : UInt8(ascii: ","))
        copy.append(bytes: attribute.key)
        copy.appendJSON(field, value)
      }
    }
    // What was begun and has nothing in it is a NULL.
    guard copy.bytes.count > start else { return }
    copy.append(byte: UInt8(ascii: "}"))
    copy.endColumn(begun: start)
  }
}

extension Staging.Verdict {
  /// What the database has found.
  init(_ judged: JudgeImport.Row) {
    self.init(
      usable: judged.usable, withoutEmail: judged.withoutEmail, phonesLeftOut: judged.phonesLeftOut,
      seemRepeated: judged.seemRepeated)
    if let line = judged.firstLine { firstReject = (line, judged.firstReason ?? "") }
  }
}
