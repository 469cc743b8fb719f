import Campaign
import Function
import Steps

/// What the first record of the file says of the columns.
struct Header {
  /// A column that is no column of leads.
  struct Attribute {
    /// Its place in a record, from 0.
    let index: Int
    /// `"name":` as JSON.
    let key: [UInt8]
  }

  /// How many fields a record has.
  let count: Int
  /// The places of ``CopyImportRows/leadColumns`` in a record; nil is not in the file.
  let known: [Int?]
  /// All other columns.
  let attributes: [Attribute]

  /// Reads the header; `Email`, `First Name` and `first-name` are columns of leads as well.
  init(_ record: borrowing CSVRecord) throws(Failure) {
    if let problem = record.problem { throw Failure(.data, "the header cannot be used: \(problem)") }
    let names = (0..<record.count).map { Self.trimmed(record.text($0)).nfc }
    if names.count == 1, let separator = [";", "\t"].first(where: { names[0].contains($0) }) {
      throw Failure(
        .data, "the header has \(separator == ";" ? "semicolons" : "tabs") and no comma: the separator must be a comma")
    }

    let columns = names.map { Self.leadColumn($0) ?? $0 }
    // First, because a file without a header fails here, and the sentences below quote what they find.
    guard columns.contains("email") || columns.contains("phone") else {
      throw Failure(.data, "the header has neither a column \"email\" nor a column \"phone\"")
    }
    var places: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      guard !column.isEmpty else { throw Failure(.data, "column \(index + 1) of the header has no name") }
      if let other = places.updateValue(index, forKey: column) {
        throw Failure(.data, "the header has two columns \"\(column)\": \(other + 1) and \(index + 1)")
      }
    }
    count = columns.count
    known = CopyImportRows.leadColumns.map { places[$0] }
    attributes = columns.enumerated().compactMap { index, column in
      CopyImportRows.leadColumns.contains(column) ? nil : Attribute(index: index, key: Self.key(column))
    }
  }

  private static func trimmed(_ name: String) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    var scalars = name.unicodeScalars.drop(while: isSpace)
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(scalars)
  }

  private static func leadColumn(_ name: String) -> String? {
    let plain = String(name.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    return CopyImportRows.leadColumns.contains(plain) ? plain : nil
  }

  private static func key(_ column: String) -> [UInt8] {
    var key = CopyRows()
    let name = column.utf8.span
    key.appendJSON(name, name.indices)
    key.append(byte: UInt8(ascii: ":"))
    return key.bytes
  }
}
