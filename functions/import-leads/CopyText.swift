/// Rows in the text format of COPY, written on bytes: a million lines make no million strings.
///
/// Source: https://www.postgresql.org/docs/15/sql-copy.html, "Text Format".
struct CopyText {
  /// What has been written.
  private(set) var bytes: [UInt8] = []

  /// Appends one byte as it is: a separator, a digit.
  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Appends bytes that are escaped already.
  mutating func append(escaped: [UInt8]) { bytes += escaped }

  /// Ends the column.
  mutating func endColumn() { bytes.append(UInt8(ascii: "\t")) }

  /// Ends the row.
  mutating func endRow() { bytes.append(UInt8(ascii: "\n")) }

  /// Appends NULL.
  mutating func appendNull() { bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")] }

  /// Appends a number.
  mutating func append(_ number: Int) { bytes += String(number).utf8 }

  /// Appends the lowest `digits` hexadecimal digits of a number.
  mutating func appendHex(_ number: UInt64, digits: Int) {
    for shift in stride(from: (digits - 1) * 4, through: 0, by: -4) {
      let digit = UInt8(number >> UInt64(shift) & 15)
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  /// Appends a part of a text.
  mutating func append(_ text: Span<UInt8>, _ part: Range<Int>) {
    appendRuns(of: text, part, until: .endsCopyRun) { text, byte in
      text.bytes.append(UInt8(ascii: "\\"))
      text.bytes.append(byte.letter ?? byte)
    }
  }

  /// Appends a part of a text as a string of JSON: every backslash that JSON needs is doubled for COPY.
  mutating func appendJSON(_ text: Span<UInt8>, _ part: Range<Int>) {
    bytes.append(UInt8(ascii: "\""))
    appendRuns(of: text, part, until: .endsJSONRun) { text, byte in
      text.bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\")]
      if byte == UInt8(ascii: "\\") {
        text.bytes += [byte, byte]
      } else if let letter = byte.letter {
        text.bytes.append(letter)
      } else if byte < 0x20 {
        text.bytes.append(UInt8(ascii: "u"))
        text.appendHex(UInt64(byte), digits: 4)
      } else {
        text.bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends what needs no escape as a whole, and hands the bytes between to `escape`.
  private mutating func appendRuns(
    of text: Span<UInt8>, _ part: Range<Int>, until special: UInt64, _ escape: (inout CopyText, UInt8) -> Void
  ) {
    var start = part.lowerBound
    for index in part {
      let byte = text[index]
      guard byte < 64 && special >> UInt64(byte) & 1 == 1 || byte == UInt8(ascii: "\\") else { continue }
      append(whole: text, start..<index)
      escape(&self, byte)
      start = index + 1
    }
    append(whole: text, start..<part.upperBound)
  }

  private mutating func append(whole text: Span<UInt8>, _ run: Range<Int>) {
    // Safety: the pointer is valid in the closure, and what it points to is copied there.
    text.extracting(run).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
  }

  /// Puts one byte in the place of some that were appended.
  mutating func replace(_ range: Range<Int>, with byte: UInt8) {
    bytes.replaceSubrange(range, with: CollectionOfOne(byte))
  }

  /// Takes back what was appended behind the first `count` bytes.
  mutating func removeAll(after count: Int) { bytes.removeLast(bytes.count - count) }

  /// Forgets everything, and keeps the memory.
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

extension UInt64 {
  // Sets of bytes below 64: bit n stands for byte n.
  fileprivate static let endsCopyRun: UInt64 = 1 << 0x09 | 1 << 0x0A | 1 << 0x0D
  fileprivate static let endsJSONRun: UInt64 = (1 << 0x20 - 1) | 1 << 0x22
}

extension UInt8 {
  /// The letter that stands for it behind a backslash, in COPY as in JSON.
  fileprivate var letter: UInt8? {
    switch self {
    case 0x09: UInt8(ascii: "t")
    case 0x0A: UInt8(ascii: "n")
    case 0x0D: UInt8(ascii: "r")
    default: nil
    }
  }
}
