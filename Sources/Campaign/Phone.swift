/// The one spelling of a phone number by which a lead is stored, found and suppressed: digits, and a `+` before them where
/// it has its country.
package enum Phone {
  /// A number in that spelling; nil is no number.
  package static func normalized(_ text: String) -> String? {
    var bytes: [UInt8] = []
    let utf8 = Array(text.utf8)
    return append(utf8.span, to: &bytes) ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// Appends a number without the separators between its digits, and with `+` for a leading `00`; says whether it is one:
  /// 5 to 15 digits, and nothing but a `+` before them. Where it is none, nothing is appended. The text is UTF-8.
  package static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) -> Bool {
    let start = bytes.count
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"):
        bytes.append(text[index])
        index += 1
      case _ where text.separatorLength(at: index) > 0:
        index += text.separatorLength(at: index)
      default:
        bytes.removeLast(bytes.count - start)
        return false
      }
    }
    if bytes[start...].starts(with: "00".utf8) {
      bytes.replaceSubrange(start..<start + 2, with: CollectionOfOne(UInt8(ascii: "+")))
    }
    let digits = bytes[start...].drop { $0 == UInt8(ascii: "+") }
    let isNumber =
      digits.startIndex - start <= 1 && (5...15).contains(digits.count) && !digits.contains(UInt8(ascii: "+"))
    if !isNumber { bytes.removeLast(bytes.count - start) }
    return isNumber
  }
}

extension Span where Element == UInt8 {
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

  /// How many bytes the white space at `index` takes (Unicode's White_Space, PropList.txt); 0 is none.
  package func spaceLength(at index: Int) -> Int {
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

  private func byte(_ index: Int) -> UInt8 { index < count ? self[index] : 0 }
}
