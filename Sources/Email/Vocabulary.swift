/// What a sentence of a refusal can be about, by its words. The cases stand in the order in which they are believed: what
/// only one kind of refusal says comes before what many say.
enum Topic: CaseIterable {
  // Which of the two addresses, or of the two sides, a common word is about.
  case callout, suppressed, recipientsRate, recipientsRule, greylist
  // Ours.
  case credits, yourAccount, ownAccount, size, loop, unicode, ownership, senderDomain, authentication, helo, rate,
    ownQuota
  case someLimit, relay
  // The message, or who sends it.
  case linkListed, form, reverseName, listed, reputation, spam
  // The recipient.
  case systemFull, full, someQuota, locked, closed, someAccount, noUser, perhapsNoUser, noDomain, someDomain,
    unavailable
  // The receiving side.
  case crowded, later, resolving, trouble
  // Said of all of these.
  case senderRefused, denied
}

enum Vocabulary {
  /// All phrases, by the first three letters of the words that they can begin with.
  private static let phrases: [[UInt8]: [(topic: Topic, phrase: Phrase)]] = {
    var phrases: [[UInt8]: [(topic: Topic, phrase: Phrase)]] = [:]
    for (topic, text) in texts + textsOfOurs + textsOfTheMessage + textsOfTheRecipient {
      for line in text.split(separator: "\n") {
        let phrase = Phrase(line)
        for beginning in phrase.beginnings { phrases[beginning, default: []].append((topic, phrase)) }
      }
    }
    return phrases
  }()

  /// All that a sentence says.
  static func topics(_ words: [String]) -> Set<Topic> {
    let words = words.map { Array($0.utf8) }
    var said: Set<Topic> = []
    for (at, word) in words.enumerated() {
      for (topic, phrase) in phrases[Array(word.prefix(3))] ?? []
      where !said.contains(topic) && phrase.isSaid(in: words, from: at) {
        said.insert(topic)
      }
    }
    return said
  }
}
