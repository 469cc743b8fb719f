/// What a thing is found by: in documents, on command lines and in logs.
package enum Name {
  /// The most characters (Unicode scalars) of one.
  package static let limit = 200

  /// Why a text cannot be a name; nil where it can.
  package static func problem(_ text: String) -> String? {
    text.isEmpty ? "must not be empty" : lineProblem(text, atMost: limit)
  }

  /// Why a text is not on one line, or too long to be looked at; nil where it is neither.
  package static func lineProblem(_ text: String, atMost length: Int) -> String? {
    guard text.unicodeScalars.count <= length else { return "is longer than \(length) characters" }
    guard text.unicodeScalars.allSatisfy(\.isVisible) else {
      return "has a line break, a control character or an invisible character in it"
    }
    guard text.first?.isWhitespace == false, text.last?.isWhitespace == false else {
      return "begins or ends with a space"
    }
    return nil
  }
}

extension Unicode.Scalar {
  /// Not a control character, a line break, or a mark that turns the direction of text; the joiners of Persian and of
  /// emoji are part of words.
  package var isVisible: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    case .format: self == "\u{200C}" || self == "\u{200D}"
    default: true
    }
  }
}
