extension Span where Element == UInt8 {
  /// Where the value of a field is: between white space at either end (Unicode's White_Space, PropList.txt), for
  /// spreadsheets leave no-break spaces behind. The field is UTF-8.
  var valueRange: Range<Int> {
    var (start, end) = (0, count)
    while start < end, case let space = spaceLength(at: start), space > 0 { start += space }
    while start < end, let space = (1...3).first(where: { $0 <= end - start && spaceLength(at: end - $0) == $0 }) {
      end -= space
    }
    return start..<end
  }

  /// How many bytes the white space at `index` takes; 0 is none.
  private func spaceLength(at index: Int) -> Int {
    switch self[index] {
    case 0x09...0x0D, 0x20: return 1
    case 0xC2: return [0x85, 0xA0].contains(byte(index + 1)) ? 2 : 0
    case 0xE1: return byte(index + 1) == 0x9A && byte(index + 2) == 0x80 ? 3 : 0
    case 0xE2:
      switch (byte(index + 1), byte(index + 2)) {
      case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
      default: return 0
      }
    case 0xE3: return byte(index + 1) == 0x80 && byte(index + 2) == 0x80 ? 3 : 0
    default: return 0
    }
  }

  /// How many bytes the sign at `index` takes that people put between the digits of a phone number; 0 is none.
  ///
  /// White space, `.`, `-`, `(`, `)`, `/`, the dashes U+2010 to U+2015 and the minus, and the marks of direction that
  /// come along when a number is copied from an address book.
  fileprivate func separatorLength(at index: Int) -> Int {
    switch self[index] {
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "/"): return 1
    case 0xE2:
      switch (byte(index + 1), byte(index + 2)) {
      case (0x80, 0x90...0x95), (0x88, 0x92), (0x80, 0x8E...0x8F), (0x80, 0xAA...0xAE), (0x81, 0xA6...0xA9): return 3
      default: return spaceLength(at: index)
      }
    default: return spaceLength(at: index)
    }
  }

  private func byte(_ index: Int) -> UInt8 { index < count ? self[index] : 0 }
}

extension CopyRows {
  /// Appends, as bytes of a column, a phone number without the separators between its digits, and `+` for a leading `00`;
  /// says whether it is a number: 5 to 15 digits, and nothing but a `+` before them.
  ///
  /// What has anything else in it is appended as it is, so that whoever is told of it finds it in the file.
  mutating func appendPhone(_ field: Span<UInt8>, _ value: Range<Int>) -> Bool {
    let start = bytes.count
    var index = value.lowerBound
    while index < value.upperBound {
      switch field[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"):
        append(byte: field[index])
        index += 1
      case _ where field.separatorLength(at: index) > 0:
        index += field.separatorLength(at: index)
      default:
        removeAll(after: start)
        append(bytes: field, value)
        return false
      }
    }
    guard bytes.count > start else {
      append(bytes: field, value)
      return false
    }
    if bytes[start...].starts(with: "00".utf8) { replace(start..<start + 2, with: UInt8(ascii: "+")) }
    let digits = bytes[start...].drop { $0 == UInt8(ascii: "+") }
    return digits.startIndex - start <= 1 && (5...15).contains(digits.count) && !digits.contains(UInt8(ascii: "+"))
  }
}
