extension String {
  /// Whether it is a date and time with its offset (RFC 3339, 5.6): without one nobody knows which instant it is.
  package var isInstant: Bool {
    let shape = /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(?:[Zz]|[+-](\d\d):(\d\d))/
      .asciiOnlyDigits()
    guard let match = wholeMatch(of: shape) else { return false }
    func number(_ part: Substring?) -> Int { part.flatMap { Int($0) } ?? 0 }
    let (year, month) = (number(match.1), number(match.2))
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return year >= 1970 && (1...12).contains(month) && (1...days[max(0, min(month, 12) - 1)]).contains(number(match.3))
      && number(match.4) < 24 && number(match.5) < 60 && number(match.6) < 60 && number(match.7) <= 14
      && number(match.8) < 60
  }
}

extension ValueType where T == String {
  /// An instant, as PostgreSQL reads it.
  package static let instant = ValueType(
    placeholder: "INSTANT", expected: "a date and time with an offset, like 2026-05-04T09:00:00+02:00"
  ) { $0.isInstant ? $0 : nil }
}
