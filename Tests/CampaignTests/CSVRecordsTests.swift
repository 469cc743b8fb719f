import Campaign
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a record said while it was lent.
private struct Row: Equatable {
  var line: Int
  var lastLine: Int
  var problem: CSVProblem?
  var fields: [String] = []

  init(_ line: Int, to lastLine: Int? = nil, _ fields: [String] = [], _ problem: CSVProblem? = nil) {
    self.line = line
    self.lastLine = lastLine ?? line
    self.fields = fields
    self.problem = problem
  }

  init(_ record: borrowing CSVRecord) {
    self.init(record.line, to: record.lastLine, (0..<record.count).map { record.text($0) }, record.problem)
  }
}

private func rows(_ pieces: [[UInt8]], limit: Int = 1 << 20) -> [Row] {
  var records = CSVRecords(limit: limit)
  var rows: [Row] = []
  for piece in pieces {
    piece.withUnsafeBytes { records.feed($0) { record in rows.append(Row(record)) } }
  }
  records.finish { record in rows.append(Row(record)) }
  return rows
}

private func rows(_ text: String, limit: Int = 1 << 20) -> [Row] {
  rows([Array(text.utf8)], limit: limit)
}

/// SplitMix64: the same sequence in every run, so that a failure can be repeated.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func cut(_ bytes: [UInt8], upTo longest: Int) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      pieces.append(Array(rest.prefix(Int.random(in: 0...longest, using: &self))))
      rest = rest.dropFirst(pieces[pieces.count - 1].count)
    }
    return pieces
  }
}

/// The most memory that this process has ever had, in KiB.
private func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Int(usage.ru_maxrss)
}

@Suite struct CSVRecordsTests {
  private static let nasty: [UInt8] =
    [0xEF, 0xBB, 0xBF]
    + Array("\"email\",name\r\n\r\nada@acme.test,\"Love\"\"lace,\r\nAda\"\r\n,\"\",\n\"\"\n".utf8)
    + Array("Zoë,5\" disk,a\rb,\r\r\n\"x\"y\",\"\nzoë,🔔\n\"\"\"\",\"a\"\r\r\n".utf8)
    + [0x61, 0x00, 0x62, 0x2C, 0x63, 0x0A, 0xC3, 0x2C, 0xA9, 0x0A]
    + Array("\n\"\(String(repeating: "long\n", count: 20))\"\nlast,\"never\nclosed,\"\"\n".utf8)

  private static let nastyRows = [
    Row(1, ["email", "name"]),
    Row(3, to: 4, ["ada@acme.test", "Love\"lace,\r\nAda"]),
    Row(5, ["", "", ""]),
    Row(6, [""]),
    Row(7, ["Zoë", "5\" disk", "a\rb", "\r"]),
    Row(8, [], .textAfterQuote(column: 1)),
    Row(9, ["zoë", "🔔"]),
    Row(10, [], .textAfterQuote(column: 2)),
    Row(11, [], .nulByte),
    Row(12, [], .invalidUTF8),
    Row(14, to: 34, [], .tooLong(limit: 64)),
    Row(35, to: 37, [], .unclosedQuote(line: 35)),
  ]

  /// A read ends where the kernel likes: a record that depends on it is a lead that is sometimes imported wrongly.
  @Test func wherever_a_file_is_cut_its_records_are_the_same() {
    let nasty = Self.nasty
    #expect(rows([nasty], limit: 64) == Self.nastyRows)
    #expect(rows(nasty.map { [$0] }, limit: 64) == Self.nastyRows)
    for cut in 0...nasty.count {
      let pieces = [Array(nasty[..<cut]), Array(nasty[cut...])]
      #expect(rows(pieces, limit: 64) == Self.nastyRows, "cut at \(cut)")
    }
  }

  /// The nasty file has only what its author thought of; and which of two problems is told must not depend on the cut.
  @Test func wherever_garbage_is_cut_its_records_are_the_same() {
    var random = Seeded(state: 1)
    let alphabet: [UInt8] = Array("aa\"\"\",,\r\n\né".utf8) + [0, 0xEF, 0xBB, 0xBF]
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let limit = Int.random(in: 0...12, using: &random)
      let whole = rows([bytes], limit: limit)
      #expect(rows(random.cut(bytes, upTo: 3), limit: limit) == whole, "\(bytes), limit \(limit)")
      #expect(rows(bytes.map { [$0] }, limit: limit) == whole, "\(bytes), limit \(limit)")
    }
  }

  /// What one function exports another must import unchanged, whatever a lead is called.
  @Test func what_the_writer_wrote_is_read_back() {
    var random = Seeded(state: 2)
    let alphabet = ["a", "b", " ", ",", "\"", "\r", "\n", "\r\n", "é", "🔔", "=1+1", "\u{FEFF}"]
    for _ in 0..<100 {
      var bytes: [UInt8] = []
      var written: [[String]] = []
      for _ in 0..<40 {
        let fields = (0..<Int.random(in: 1...5, using: &random)).map { _ in
          (0..<Int.random(in: 0...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
        }
        // A first field that begins with U+FEFF is a byte order mark, whoever meant it otherwise.
        if written.isEmpty, fields[0].unicodeScalars.first == "\u{FEFF}" { continue }
        written.append(fields)
        bytes += CSV.row(fields)
      }
      let read = rows(random.cut(bytes, upTo: 50))
      #expect(read.map(\.fields) == written)
      #expect(read.allSatisfy { $0.problem == nil })
    }
  }

  /// "Line 7 is wrong" must be line 7 of the editor, also below an address of three lines.
  @Test func a_quoted_line_end_counts_as_a_line() {
    let expected = [Row(1, ["h"]), Row(2, to: 4, ["a\nb\r\nc", "d"]), Row(7, ["e"])]
    #expect(rows("h\n\"a\nb\r\nc\",d\n\n\r\ne") == expected)
  }

  /// An empty last line would become a lead without an address.
  @Test func an_empty_line_is_no_record() {
    #expect(rows("").isEmpty)
    #expect(rows("\n\r\n\n").isEmpty)
    #expect(rows("\u{FEFF}").isEmpty)
    #expect(rows("\u{FEFF}\r\na\n\n") == [Row(2, ["a"])])
    #expect(rows("\"\"\n \n,") == [Row(1, [""]), Row(2, [" "]), Row(3, ["", ""])])
  }

  /// Without it the last lead of a file is lost when its editor does not end the last line.
  @Test func the_last_record_needs_no_line_end() {
    for end in ["", "\n", "\r\n", "\r"] {
      #expect(rows("a,b" + end) == [Row(1, ["a", "b"])])
      #expect(rows("a,\"b\"" + end) == [Row(1, ["a", "b"])])
      #expect(rows("a," + end) == [Row(1, ["a", ""])])
    }
  }

  /// A spreadsheet's byte order mark would make the first column `\u{FEFF}email`, and every lead lack an address.
  @Test func a_byte_order_mark_is_dropped_at_the_very_beginning_only() {
    #expect(rows("\u{FEFF}\"a,b\"\n\u{FEFF}c\n") == [Row(1, ["a,b"]), Row(2, ["\u{FEFF}c"])])
    #expect(rows("\u{FEFF}\u{FEFF}a") == [Row(1, ["\u{FEFF}a"])])
    // Half of one is text, in which a quote opens nothing.
    #expect(rows([[0xEF, 0xBB]]) == [Row(1, [], .invalidUTF8)])
    #expect(rows([[0xEF, 0xBB, 0x22, 0x0A, 0x62]]) == [Row(1, [], .invalidUTF8), Row(2, ["b"])])
  }

  /// Names are written `Ada "the countess" Lovelace` by hand: that is no reason to refuse the line.
  @Test func a_quote_inside_a_field_that_is_not_quoted_is_text() {
    #expect(rows("a \"b\" c,5\"\n \"x\"\n") == [Row(1, ["a \"b\" c", "5\""]), Row(2, [" \"x\""])])
  }

  /// One stray quote must cost one lead, and not join every line after it into one field.
  @Test func text_after_a_closing_quote_costs_only_its_own_line() {
    let expected = [Row(1, [], .textAfterQuote(column: 2)), Row(2, ["b"])]
    #expect(rows("a,\"x\" y,\"open\nb\n") == expected)
    #expect(rows("a,\"x\"\ry,\"open\r\nb\n") == expected)
  }

  /// Where the quote was opened is the only place where a person can mend the file.
  @Test func a_quote_that_is_never_closed_is_told_at_the_end_with_its_line() {
    #expect(rows("a\n\"b\nc\",\"d\ne\nf") == [Row(1, ["a"]), Row(2, to: 5, [], .unclosedQuote(line: 3))])
    // Even when it ate more than a record may have: "too long" would send the person to the wrong place.
    #expect(rows("a\n\"bcdefghijk\nl", limit: 4) == [Row(1, ["a"]), Row(2, to: 3, [], .unclosedQuote(line: 2))])
    #expect("\(CSVProblem.unclosedQuote(line: 12))" == "a quote opened on line 12 is never closed")
  }

  /// A limit that is off by one refuses, or stores, what it says it does not; and twice told is twice counted.
  @Test func a_record_longer_than_the_limit_is_told_once_and_the_next_is_read() {
    for end in ["\n", "\r\n"] {
      for fits in ["abcd", "a,cd", "\"ab\"", "\"\"\"a\""] {
        #expect(rows(fits + end + "x", limit: 4).map(\.problem) == [nil, nil], "\(fits)")
      }
      for long in ["abcde", "a,c,e", "\"abc\"", "\"a\nbcdef\ngh\",\"i\"", ",,,,,", "\rabcd"] {
        #expect(rows(long + end + "x", limit: 4).map(\.problem) == [.tooLong(limit: 4), nil], "\(long)")
      }
    }
  }

  /// A file of any size, broken in any way, must not take the host's memory: the importer would be killed half-way.
  @Test func memory_does_not_grow_with_the_file() async {
    await #expect(processExitsWith: .success) {
      for text in ["x", ",", "\"\"", "\"\n"] {
        let chunk = Array(String(repeating: text, count: 65536 / text.utf8.count).utf8)
        let before = peakMemory()
        var records = CSVRecords(limit: 1000)
        for _ in 0..<64 {
          chunk.withUnsafeBytes { records.feed($0) { _ in } }
        }
        records.finish { _ in }
        #expect(peakMemory() - before < 2048, "4 MiB of \(text)")
      }
    }
  }

  /// A lead in Latin-1 is one bad line; judged over the file, or over joined fields, it is none or all.
  @Test func utf8_is_judged_per_record_and_not_across_fields() {
    let bytes: [UInt8] = [0x61, 0x0A, 0xE9, 0x0A, 0xC3, 0x2C, 0xA9, 0x0A, 0x22, 0xC3, 0x22, 0x0A, 0xC3, 0xA9, 0x0A]
    let bad = CSVProblem.invalidUTF8
    #expect(rows([bytes]) == [Row(1, ["a"]), Row(2, [], bad), Row(3, [], bad), Row(4, [], bad), Row(5, ["é"])])
    // Half of a character at the end of the file, and a surrogate (RFC 3629 §3).
    #expect(rows([[0x61, 0xC3]]).map(\.problem) == [bad])
    #expect(rows([[0xED, 0xA0, 0x80]]).map(\.problem) == [bad])
  }

  /// PostgreSQL refuses the whole COPY for one NUL.
  @Test func a_nul_byte_costs_only_its_own_record() {
    #expect(rows("a\0,b\n\"\0\",c\nd\n").map(\.problem) == [.nulByte, .nulByte, nil])
  }

  /// Fields are lent as bytes to what writes the COPY: they must be those of the text.
  @Test func a_field_is_lent_as_bytes_without_its_quotes() {
    var records = CSVRecords()
    var fields: [[UInt8]] = []
    Array("é,\"a\"\"b\",\n".utf8).withUnsafeBytes { bytes in
      records.feed(bytes) { record in
        for index in 0..<record.count {
          fields.append(record.withField(index) { span in span.indices.map { span[$0] } })
        }
      }
    }
    #expect(fields == [[0xC3, 0xA9], Array("a\"b".utf8), []])
  }

  /// A database that is gone half-way must stop the reading with its own error.
  @Test func an_error_of_the_receiver_comes_out_with_its_type() {
    struct Full: Error, Equatable { let line: Int }
    var records = CSVRecords()
    let error = Array("a\nb\nc\n".utf8).withUnsafeBytes { bytes -> Full? in
      do throws(Full) {
        try records.feed(bytes) { (record) throws(Full) in
          if record.line == 2 { throw Full(line: record.line) }
        }
        return nil
      } catch {
        return error
      }
    }
    #expect(error == Full(line: 2))
    // What is left of the record that was refused must not get into a later one.
    var later: [Row] = []
    Array("d".utf8).withUnsafeBytes { records.feed($0) { record in later.append(Row(record)) } }
    records.finish { record in later.append(Row(record)) }
    #expect(later == [Row(3, ["d"])])
  }

  /// Quotes that nobody needs make a diff of every export; an apostrophe against spreadsheets would change the data.
  @Test func the_writer_quotes_only_what_needs_it_and_changes_nothing() {
    #expect(String(decoding: CSV.row(["a b", "é", "", "=1+1", "'"]), as: UTF8.self) == "a b,é,,=1+1,'\n")
    let quoted = CSV.row(["a,b", "a\"b", "a\rb", "a\nb", " a", "a "])
    #expect(String(decoding: quoted, as: UTF8.self) == "\"a,b\",\"a\"\"b\",\"a\rb\",\"a\nb\",\" a\",\"a \"\n")
    #expect(String(decoding: CSV.row([""]), as: UTF8.self) == "\"\"\n")
  }
}
