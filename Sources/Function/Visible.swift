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
