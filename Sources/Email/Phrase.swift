/// Some words in a row that servers say: `user|mailbox unknown`, `quota .. exceeded`, `greylist*`.
///
/// `|` stands between words that are as good, `*` after the beginning of one (three letters at least), `..` for up to
/// four others.
struct Phrase {
  private struct Word {
    var choices: [(text: [UInt8], isBeginning: Bool)]
    /// How many other words may stand before it.
    var gap: Int
  }

  private var words: [Word] = []

  init(_ text: Substring) {
    var gap = 0
    for word in text.split(separator: " ") {
      guard word != ".." else {
        gap = 4
        continue
      }
      let choices = word.split(separator: "|").map { choice in
        (text: Array((choice.last == "*" ? choice.dropLast() : choice).utf8), isBeginning: choice.last == "*")
      }
      words.append(Word(choices: choices, gap: gap))
      gap = 0
    }
  }

  /// The first three letters of what the phrase can begin with, by which it is found.
  var beginnings: Set<[UInt8]> { Set(words.first?.choices.map { Array($0.text.prefix(3)) } ?? []) }

  /// Whether the phrase begins there. Of a gap, the first word behind it that fits is taken: nothing is tried twice.
  func isSaid(in sentence: [[UInt8]], from start: Int) -> Bool {
    var at = start
    for word in words {
      var left = word.gap
      while at < sentence.count, left > 0, !fits(sentence[at], word) {
        at += 1
        left -= 1
      }
      guard at < sentence.count, fits(sentence[at], word) else { return false }
      at += 1
    }
    return true
  }

  private func fits(_ said: [UInt8], _ word: Word) -> Bool {
    word.choices.contains { choice in
      choice.isBeginning ? said.starts(with: choice.text) : said == choice.text
    }
  }
}
