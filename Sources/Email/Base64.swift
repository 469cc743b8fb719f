/// Base64 on one line (RFC 4648, 4).
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func encode(_ octets: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((octets.count + 2) / 3 * 4)
    var rest = octets[...]
    while !rest.isEmpty {
      let group = Array(rest.prefix(3))
      rest = rest.dropFirst(3)
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 { text.append(place > group.count ? 0x3D : digits[bits >> (18 - 6 * place) & 0x3F]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil where it is none.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.utf8.prefix { $0 != 0x3D }
    let padding = text.utf8.count - digits.count
    guard text.utf8.count % 4 == 0, padding <= 2, text.utf8.dropFirst(digits.count).allSatisfy({ $0 == 0x3D }) else {
      return nil
    }
    var octets: [UInt8] = []
    var (bits, count) = (0, 0)
    for digit in digits {
      guard let value = Base64.digits.firstIndex(of: digit) else { return nil }
      bits = (bits << 6 | value) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        octets.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return octets
  }
}
