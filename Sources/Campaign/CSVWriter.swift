/// Writes comma-separated files (RFC 4180 §2) with LF line ends, so that ``CSVRecords`` reads back the same fields.
///
/// Data is written as it is: a field such as `=1+1` gets no apostrophe against spreadsheets, which would corrupt it.
public enum CSV {
  /// Appends one field, in quotes if it has a comma, a quote, CR, LF, or a space at either end.
  public static func append(_ field: String, to bytes: inout [UInt8]) {
    let text = field.utf8
    let space = UInt8(ascii: " ")
    guard text.contains(where: isSpecial) || text.first == space || text.last == space else {
      bytes.append(contentsOf: text)
      return
    }
    bytes.append(quote)
    for byte in text {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }

  /// One record with its line end; a single empty field is quoted, because an empty line is no record.
  public static func row(_ fields: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(field, to: &bytes)
    }
    if fields.count == 1, bytes.isEmpty { bytes = [quote, quote] }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private static let quote = UInt8(ascii: "\"")

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == quote || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
  }
}
