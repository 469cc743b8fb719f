import Function
import Testing

/// The JSON that functions read: documents of people, and soon of strangers.
@Suite struct JSONTests {
  private func read(_ text: String) throws(JSONError) -> JSON { try JSON(parsing: Array(text.utf8)) }

  private func problem(_ bytes: [UInt8]) -> String? {
    do throws(JSONError) {
      _ = try JSON(parsing: bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// PostgreSQL and everybody else compares keys byte by byte; Swift's strings are equal where they look the same.
  @Test("Two spellings of a name are two keys; one spelling twice is refused")
  func keys() throws {
    let (composed, decomposed) = ("soci\u{E9}t\u{E9}", "socie\u{301}te\u{301}")
    #expect(composed == decomposed)
    let json = try read(#"{"\#(composed)": 1, "\#(decomposed)": 2}"#)
    #expect(json[composed] == .int(1))
    #expect(json[decomposed] == .int(2))
    #expect(problem(Array(#"{"\#(composed)": 1, "\#(composed)": 2}"#.utf8))?.contains("stands twice") == true)
    // The same bytes, once they are read.
    #expect(problem(Array(#"{"a": 1, "\u0061": 2}"#.utf8))?.contains("stands twice") == true)
    #expect(problem(Array(#"{"": 1, "": 2}"#.utf8))?.contains("stands twice") == true)
  }

  /// What is written is what was read: the attributes of a lead pass through here on their way into a mail.
  @Test(
    "What is read and written again is the same",
    arguments: [
      "null", "true", "0", "-1", "9223372036854775807", "-9223372036854775808", "1.5", #""""#, "[]", "{}",
      #"{"b":[1,[2,{"a":null}]],"a":""}"#, #""\u0000\u001f\u007f""#, #""\"\\""#, "\"\u{10FFFF}\u{FEFF}\u{202E}\"",
      "\"e\u{301}\"",
    ])
  func roundTrip(text: String) throws {
    let written = try read(text).encoded()
    #expect(written == Array(text.utf8))
  }

  /// RFC 8259, section 7.
  @Test("Every escape is read")
  func escapes() throws {
    #expect(try read(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#) == "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}")
    #expect(try read(" \t\r\n[ 1 , 2 ] \n") == [1, 2])
    #expect(try read("1E2") == .double(100))
    #expect(try read("18446744073709551616") == .double(18_446_744_073_709_551_616))
  }

  /// What is taken for something that it is not becomes a wrong campaign.
  @Test(
    "What is no JSON is refused, with its place",
    arguments: [
      "", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]", "[1 2]", "{a:1}",
      "{'a':1}", "{1:1}", "nul", "nullx", "True", "NaN", "Infinity", "-", "+1", "01", "-01", ".5", "1.", "1e", "1e+",
      "0x10", "1_000", "[1]]", "1 2", "// x\n1", "\"a\nb\"", "\"\t\"", #""\x""#, #""\u12""#, #""\u12G4""#, #""\uD800""#,
      #""\uD800\u0041""#, #""\uDC00""#, #""\uD800\uD800""#, #""\"#, #""\u"#, "\u{FEFF}{}",
    ])
  func malformed(text: String) {
    #expect(problem(Array(text.utf8))?.hasPrefix("line ") == true, "\(text)")
  }

  /// Bytes that are no text; a parser that trusts them reads behind their end.
  @Test("What is not UTF-8 is refused, in a value and in a key")
  func bytes() {
    for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80]] {
      #expect(problem([0x22] + bad + [0x22])?.contains("UTF-8") == true)
      #expect(problem([0x7B, 0x22] + bad + [0x22, 0x3A, 0x31, 0x7D])?.contains("UTF-8") == true)
    }
    #expect(problem([0x22, 0x00, 0x22])?.contains("control character") == true)
  }

  /// A stranger's document of a megabyte of brackets would overflow the stack.
  @Test("Nesting has an end, and long documents do not take long for each key")
  func depth() throws {
    #expect(throws: Never.self) { try read(String(repeating: "[", count: 100) + String(repeating: "]", count: 100)) }
    for open in ["[", "{\"a\":"] {
      #expect(problem(Array(String(repeating: open, count: 1_000_000).utf8))?.contains("nested deeper") == true)
    }
    let many = "{" + (0..<50_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
    #expect(try read(many)["k49999"] == .int(49_999))
  }

  /// The place is what a person looks for.
  @Test("The place is the line and the column in bytes")
  func place() {
    #expect(problem(Array("{\n  \"é\": x}".utf8)) == "line 2, column 9: a value is expected here")
  }
}
