import Campaign
import Testing

@Suite struct NFCTests {
  /// Excel writes é as one character and macOS as two; they look the same, and are two columns.
  @Test(
    "Names are in normalization form C",
    arguments: [
      ("société", "société"), ("socie\u{301}te\u{301}", "soci\u{E9}t\u{E9}"), ("a\u{307}\u{323}", "\u{1EA1}\u{307}"),
      ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"), ("\u{212A}", "K"), ("\u{958}", "\u{915}\u{93C}"),
      ("e\u{301}\u{301}", "\u{E9}\u{301}"), ("company", "company"), ("", ""), ("\u{301}e", "\u{301}e"),
    ])
  func nfc(name: String, normalized: String) {
    // By bytes: as strings they were equal before.
    #expect(Array(name.nfc.utf8) == Array(normalized.utf8))
    #expect(Array(name.nfc.nfc.utf8) == Array(name.nfc.utf8))
  }
}
