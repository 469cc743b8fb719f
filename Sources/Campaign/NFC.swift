// The standard library has it, for its own comparisons, and Foundation uses it in this way as well; Foundation's name for
// it would bring ICU into programs that need nothing else of it.
@_spi(_Unicode) import Swift

extension String {
  /// In Unicode's normalization form C (UAX #15): the names of columns and variables are compared by their bytes.
  package var nfc: String {
    guard utf8.contains(where: { $0 >= 0x80 }) else { return self }
    var scalars = String.UnicodeScalarView()
    for scalar in _nfc { scalars.append(scalar) }
    return String(scalars)
  }
}
