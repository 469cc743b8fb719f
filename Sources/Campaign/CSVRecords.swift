/// Splits a stream of bytes into the records of a comma-separated file (RFC 4180 §2), in bounded memory.
///
/// Beyond the RFC: a line may end in a bare LF, a UTF-8 byte order mark at the very beginning is dropped, an empty line
/// is no record, a quote inside a field that is not quoted is text, and so is a CR that no LF follows.
/// A bad record is handed on with its ``CSVRecord/problem``, and costs no other record.
///
/// It holds no more than `limit` bytes of a record and the bounds (16 bytes) of each of its fields. A million lines of
/// ten fields, 180 MB, took 0.31 to 0.40 s; all in quotes, 200 MB, 0.42 to 0.51 s (Swift 6.3.1, a cloud Xeon).
public struct CSVRecords: ~Copyable {
  private enum State {
    case fieldStart
    case unquoted
    case quoted
    /// After a quote in a quoted field: the first half of a doubled quote, or the end of the field.
    case closingQuote
    /// After a CR after that: the first half of the line end, or text that must not be there.
    case closingReturn
    /// After text that must not be there: whatever comes is dropped, quotes included, up to the next LF.
    case skipping
  }

  private let limit: Int
  private var state = State.fieldStart

  // A position is an index into the record: what of it is held, and then the chunk at hand from where it goes on. A
  // record that lies within one chunk is never copied. One that was cut, or has a doubled quote, is put together here.
  private var held: [UInt8] = []
  private var fields: [Range<Int>] = []
  private var start = 0

  /// What is wrong with the record so far; while it is set nothing is held.
  private var problem: CSVProblem?
  private var line = 1
  private var firstLine = 1
  private var quoteLine = 1

  /// How many bytes of the byte order mark have been seen; nil once that is decided.
  private var mark: Int? = 0
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A machine at the beginning of a file.
  ///
  /// - Parameter limit: the most bytes of a record, its line end not counted and a doubled quote counted once.
  public init(limit: Int = 1 << 20) {
    self.limit = limit
  }

  /// Takes the next bytes of the file, cut anywhere, and lends `record` each record that they complete.
  ///
  /// An error that `record` throws is passed on and ends the reading, because the rest of `bytes` is lost.
  public mutating func feed<E: Error>(
    _ bytes: UnsafeRawBufferPointer, _ record: (borrowing CSVRecord) throws(E) -> Void
  ) throws(E) {
    var next = skipMark(bytes)
    // Where that part of the record begins which is not held yet.
    var open = next

    // Safety: release mode does not check subscripts of `bytes`; each stands behind a check of `next < bytes.count`.
    while next < bytes.count {
      switch state {
      case .fieldStart:
        state = .unquoted
        if bytes[next] == .quote {
          state = .quoted
          quoteLine = line
          start += 1
          next += 1
        }

      case .unquoted:
        next = bytes.first(of: .endsUnquoted, from: next)
        guard next < bytes.count else { break }
        let position = held.count + next - open
        switch bytes[next] {
        case .comma:
          endField(position)
          state = .fieldStart
        case .lineFeed:
          try endRecord(bytes.slice(open, next), record)
          open = next + 1
        default:
          refuse(.nulByte, at: position)
        }
        next += 1

      case .quoted:
        next = bytes.first(of: .endsQuoted, from: next)
        guard next < bytes.count else { break }
        switch bytes[next] {
        case .quote: state = .closingQuote
        case .lineFeed: line += 1
        default: refuse(.nulByte, at: held.count + next - open)
        }
        next += 1

      case .closingQuote:
        let position = held.count + next - open
        switch bytes[next] {
        case .comma:
          endField(position, quotes: 1)
          state = .fieldStart
        case .quote:
          // The first of the two stays, this one goes.
          hold(bytes.slice(open, next))
          open = next + 1
          state = .quoted
        case .carriageReturn:
          state = .closingReturn
        case .lineFeed:
          try endRecord(bytes.slice(open, next), record)
          open = next + 1
        default:
          refuse(.textAfterQuote(column: fields.count + 1), at: position)
          state = .skipping
        }
        next += 1

      case .closingReturn:
        if bytes[next] == .lineFeed {
          try endRecord(bytes.slice(open, next), record)
          open = next + 1
          next += 1
        } else {
          refuse(.textAfterQuote(column: fields.count + 1), at: held.count + next - open)
          state = .skipping
        }

      case .skipping:
        next = bytes.first(of: .endsSkipping, from: next)
        guard next < bytes.count else { break }
        try endRecord(bytes.slice(open, next), record)
        open = next + 1
        next += 1
      }
    }
    hold(bytes.slice(open, next))
  }

  /// Says that the file ends here, and lends `record` the last record if no line end closed it.
  ///
  /// A CR at the very end is taken for half a line end. Nothing may be fed afterwards.
  public mutating func finish<E: Error>(_ record: (borrowing CSVRecord) throws(E) -> Void) throws(E) {
    restoreMark()
    // This replaces what it led to: a record that ate the rest of the file may also be too long.
    if state == .quoted { problem = .unclosedQuote(line: quoteLine) }
    try endRecord(UnsafeRawBufferPointer(start: nil, count: 0), record)
  }

  // MARK: - What ends

  /// The field ends before `position`, and its closing quote, if it has one, is the last byte of it.
  private mutating func endField(_ position: Int, quotes: Int = 0) {
    if position > limit { refuse(.tooLong(limit: limit), at: position) }
    if problem == nil { fields.append(start..<position - quotes) }
    start = position + 1
  }

  /// The record ends here, or the line was empty; `rest` is what of it is not held, without the LF.
  private mutating func endRecord<E: Error>(
    _ rest: UnsafeRawBufferPointer, _ record: (borrowing CSVRecord) throws(E) -> Void
  ) throws(E) {
    // Also when `record` throws: bounds that outlive their bytes would make the next record point anywhere.
    defer {
      held.removeAll(keepingCapacity: true)
      fields.removeAll(keepingCapacity: true)
      problem = nil
      start = 0
      line += 1
      firstLine = line
      state = .fieldStart
    }
    let position = held.count + rest.count
    switch state {
    case .fieldStart, .unquoted:
      let end = (rest.last ?? held.last) == .carriageReturn ? position - 1 : position
      if end > 0 { endField(end) }
    case .closingQuote: endField(position, quotes: 1)
    case .closingReturn: endField(position - 1, quotes: 1)
    case .quoted, .skipping: break
    }

    if problem != nil {
      try lend(UnsafeRawBufferPointer(start: nil, count: 0), record)
    } else if !fields.isEmpty {
      if held.isEmpty {
        try lend(rest, record)
      } else {
        held.append(contentsOf: rest)
        // Safety: the pointer does not leave the closure, for what it is lent to cannot keep it.
        try held.withUnsafeBufferPointer { (bytes) throws(E) in try lend(UnsafeRawBufferPointer(bytes), record) }
      }
    }
  }

  private func lend<E: Error>(
    _ bytes: UnsafeRawBufferPointer, _ record: (borrowing CSVRecord) throws(E) -> Void
  ) throws(E) {
    // The whole record at once: the commas between its fields keep the end of one from completing the next.
    let problem = problem ?? (bytes.isUTF8 ? nil : .invalidUTF8)
    let fields = problem == nil ? fields : []
    try record(CSVRecord(line: firstLine, lastLine: line, problem: problem, bytes: bytes, fields: fields))
  }

  /// The first problem of a record is the one that is told; `position` is where it was found.
  ///
  /// What lies beyond the limit is too long whatever else it is, or the answer would depend on how the file was cut.
  private mutating func refuse(_ new: CSVProblem, at position: Int) {
    guard problem == nil else { return }
    problem = position > limit ? .tooLong(limit: limit) : new
    held.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  /// Keeps a part of a record until the rest of it has come.
  private mutating func hold(_ part: UnsafeRawBufferPointer) {
    let count = held.count + part.count
    // Less one, because the last byte may be the CR of the line end.
    if count - 1 > limit { refuse(.tooLong(limit: limit), at: count) }
    if problem == nil { held.append(contentsOf: part) }
  }

  // MARK: - The byte order mark

  /// The index after those of the next bytes that belong to a byte order mark.
  private mutating func skipMark(_ bytes: UnsafeRawBufferPointer) -> Int {
    var next = 0
    while let seen = mark, next < bytes.count {
      if bytes[next] == Self.byteOrderMark[seen] {
        next += 1
        mark = seen + 1 < Self.byteOrderMark.count ? seen + 1 : nil
      } else {
        restoreMark()
      }
    }
    return next
  }

  /// What looked like a byte order mark and was none is text.
  private mutating func restoreMark() {
    guard let seen = mark else { return }
    mark = nil
    if seen > 0 {
      held.append(contentsOf: Self.byteOrderMark[..<seen])
      state = .unquoted
    }
  }
}

/// One record of a comma-separated file, lent for the duration of a call: it can be neither copied nor kept.
///
/// Lines count from 1, every LF begins one, also within quotes.
public struct CSVRecord: ~Copyable {
  /// The line on which the record begins.
  public let line: Int
  /// The line on which it ends: another one when a quoted field has a line end in it.
  public let lastLine: Int
  /// Why the record cannot be used, or nil; a record with a problem has no fields.
  public let problem: CSVProblem?

  // Safety: points into the chunk that was fed or into what the machine holds, and `fields` are bounds within it. Both
  // stay as they are while `record` runs, and a record outlives that call nowhere: it is not copyable, is only ever
  // borrowed, and nobody else makes one.
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let fields: [Range<Int>]

  /// How many fields there are: at least one, or none where there is a problem.
  public var count: Int { fields.count }

  /// Lends the bytes of field `index` (from 0, below ``count``): valid UTF-8 without NUL, quotes resolved.
  public func withField<T, E: Error>(_ index: Int, _ body: (Span<UInt8>) throws(E) -> T) throws(E) -> T {
    // Safety: any memory may be read as bytes, and a span cannot leave the call that it is passed to.
    try body(slice(index).assumingMemoryBound(to: UInt8.self).span)
  }

  /// The text of field `index` (from 0, below ``count``), copied: for a header, not for a million lines.
  public func text(_ index: Int) -> String {
    String(decoding: slice(index), as: UTF8.self)
  }

  private func slice(_ index: Int) -> UnsafeRawBufferPointer {
    bytes.slice(fields[index].lowerBound, fields[index].upperBound)
  }
}

/// What makes one record of a comma-separated file unusable.
public enum CSVProblem: Hashable, Sendable, CustomStringConvertible {
  /// The file ended within a quoted field, which began on this line.
  case unclosedQuote(line: Int)
  /// In this column (from 1) more than a comma or a line end follows the closing quote (RFC 4180 §2.5).
  case textAfterQuote(column: Int)
  /// The record has more bytes than this.
  case tooLong(limit: Int)
  /// The record is not UTF-8 (RFC 3629 §4).
  case invalidUTF8
  /// The record has a byte 0, which PostgreSQL cannot store.
  case nulByte

  /// The problem in words, to be put after "line 12: ".
  public var description: String {
    switch self {
    case .unclosedQuote(let line): "a quote opened on line \(line) is never closed"
    case .textAfterQuote(let column):
      "column \(column) goes on after its closing quote; a quote inside a quoted field is written twice"
    case .tooLong(let limit): "longer than \(limit) bytes; is a quote missing?"
    case .invalidUTF8: "not valid UTF-8; save the file with that encoding"
    case .nulByte: "a NUL byte; is the file UTF-16? Save it as UTF-8"
    }
  }
}

extension UInt8 {
  fileprivate static let lineFeed = UInt8(ascii: "\n")
  fileprivate static let carriageReturn = UInt8(ascii: "\r")
  fileprivate static let quote = UInt8(ascii: "\"")
  fileprivate static let comma = UInt8(ascii: ",")
}

extension UInt64 {
  // Sets of bytes below 64: bit n stands for byte n. All of them stop at NUL, but where bytes are dropped anyway.
  fileprivate static let endsUnquoted: UInt64 = 1 << 0 | 1 << 0x0A | 1 << 0x2C
  fileprivate static let endsQuoted: UInt64 = 1 << 0 | 1 << 0x0A | 1 << 0x22
  fileprivate static let endsSkipping: UInt64 = 1 << 0x0A
}

extension UnsafeRawBufferPointer {
  /// The index of the first byte from `index` on that is in `set`, or else `count`.
  fileprivate func first(of set: UInt64, from index: Int) -> Int {
    var index = index
    while index < count {
      // Safety: 0 <= index < count, the line above and the caller.
      let byte = self[index]
      if byte < 64, set &>> UInt64(byte) & 1 == 1 { break }
      index += 1
    }
    return index
  }

  // Safety: callers pass 0 <= from <= to <= count; the pointer lives as long as that of the whole.
  fileprivate func slice(_ from: Int, _ to: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[from..<to])
  }

  // Safety: any memory may be read as bytes, and the span cannot leave the call that it is passed to.
  fileprivate var isUTF8: Bool {
    (try? UTF8Span(validating: assumingMemoryBound(to: UInt8.self).span)) != nil
  }
}
