import Campaign
import Function
import Steps

/// Turns the records of a file into rows of ``CopyImportRows``, in bounded memory.
///
/// What it says of a record here is what only the reader can see: that it is no record, or that a value is too long.
/// All other judgement is in `sql/steps/create-import.sql`.
struct Staging {
  /// The most bytes of a value in a column of leads.
  private static let valueLimit = 10_000
  /// How many bytes are put at once.
  private static let chunk = 256 << 10

  /// How many records there are behind the header.
  private(set) var rows = 0
  private var header: Header?
  /// Whether the file has a column of time zones.
  var hasTimeZones: Bool { header?.known[CopyImportRows.leadColumns.count - 1] != nil }
  private var ids: LeadIDs
  private var text = CopyText()

  /// Nothing read yet.
  init(ids: LeadIDs) { self.ids = ids }

  /// Reads the document to its end, and hands `put` what COPY is to get.
  mutating func read(_ call: Call, _ put: (UnsafeRawBufferPointer) throws -> Void) throws {
    var records = CSVRecords()
    try call.streamDocument { chunk in
      try records.feed(chunk) { record in try take(record, put) }
    }
    try records.finish { record in try take(record, put) }
    guard header != nil else { throw Failure(.data, "the file is empty: it must begin with a header") }
    guard rows > 0 else { throw Failure(.data, "there is no row behind the header") }
    try flush(put)
  }

  private mutating func take(_ record: borrowing CSVRecord, _ put: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let header else {
      header = try Header(record)
      return
    }
    rows += 1
    append(record, header)
    if text.bytes.count >= Self.chunk { try flush(put) }
  }

  private mutating func flush(_ put: (UnsafeRawBufferPointer) throws -> Void) throws {
    try text.bytes.withUnsafeBytes { bytes in try put(bytes) }
    text.removeAll()
  }

  // MARK: - One row

  private mutating func append(_ record: borrowing CSVRecord, _ header: Header) {
    text.append(record.line)
    text.endColumn()
    ids.appendNext(to: &text)
    text.endColumn()

    let start = text.bytes.count
    var problem = record.problem.map { "\($0)" }
    if problem == nil && record.count != header.count {
      problem = "\(record.count) field\(record.count == 1 ? "" : "s") where the header has \(header.count)"
    }
    if problem == nil { problem = appendValues(record, header) }
    if let problem {
      // What was appended of its values before one was found too long is taken back.
      text.removeAll(after: start)
      appendProblem(problem)
    }
    text.endRow()
  }

  /// Appends all columns from `problem` on, or says why that cannot be done.
  private mutating func appendValues(_ record: borrowing CSVRecord, _ header: Header) -> String? {
    text.appendNull()
    for (place, column) in zip(header.known, CopyImportRows.leadColumns) {
      text.endColumn()
      guard let place else {
        text.appendNull()
        continue
      }
      let length = record.withField(place) { field in
        let value = field.valueRange
        if value.isEmpty {
          text.appendNull()
        } else if value.count <= Self.valueLimit {
          if column == "phone" { text.appendPhone(field, value) } else { text.append(field, value) }
        }
        return value.count
      }
      guard length <= Self.valueLimit else {
        return "the \(column) has \(length) bytes; \(Self.valueLimit) are the most"
      }
    }
    text.endColumn()
    appendAttributes(record, header)
    return nil
  }

  /// A JSON object of the columns that have a value, or NULL.
  private mutating func appendAttributes(_ record: borrowing CSVRecord, _ header: Header) {
    var isFirst = true
    for attribute in header.attributes {
      record.withField(attribute.index) { field in
        let value = field.valueRange
        guard !value.isEmpty else { return }
        text.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
        isFirst = false
        text.append(escaped: attribute.key)
        text.appendJSON(field, value)
      }
    }
    if isFirst { text.appendNull() } else { text.append(UInt8(ascii: "}")) }
  }

  private mutating func appendProblem(_ problem: String) {
    let sentence = problem.utf8.span
    text.append(sentence, sentence.indices)
    for _ in CopyImportRows.leadColumns.indices {
      text.endColumn()
      text.appendNull()
    }
    text.endColumn()
    text.appendNull()
  }
}
