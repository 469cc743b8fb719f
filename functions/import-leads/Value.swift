import Campaign

extension Span where Element == UInt8 {
  /// Where the value of a field is: between white space at either end, for spreadsheets leave no-break spaces behind. The
  /// field is UTF-8.
  var valueRange: Range<Int> {
    // Most fields begin and end with a letter of ASCII; there are ten million of them in a large file.
    func maySpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x80 }
    var (start, end) = (0, count)
    while start < end, maySpace(self[start]), case let space = spaceLength(at: start), space > 0 { start += space }
    while start < end, maySpace(self[end - 1]),
      let space = (1...3).first(where: { $0 <= end - start && spaceLength(at: end - $0) == $0 })
    {
      end -= space
    }
    return start..<end
  }
}

extension CopyRows {
  /// Appends, as bytes of a column, a phone number in its one spelling; says whether it is one. What is none is appended
  /// as it is, so that whoever is told of it finds it in the file.
  mutating func appendPhone(_ field: Span<UInt8>, _ value: Range<Int>) -> Bool {
    if Phone.append(field.extracting(value), to: &bytes) { return true }
    append(bytes: field, value)
    return false
  }
}
