/// What the words of a refusal can be about. In which order they are believed is in `Reply.reading`.
enum Topic {
  // Which of the two sides a common word is about.
  case callout, suppressed, recipientsRate, recipientsRule, greylist
  // Ours.
  case credits, yourAccount, ownAccount, ownership, senderDomain, authentication, helo, rate, ownQuota, someLimit, relay
  // The message.
  case size, loop, unicode, linkListed, form, spam
  // The host that sends it.
  case reverseName, listed, reputation
  // The recipient.
  case full, someQuota, locked, closed, someAccount, noUser, perhapsNoUser, noDomain, someDomain, unavailable
  // The receiving side.
  case systemFull, crowded, later, resolving, trouble
  // Any of these.
  case senderRefused, denied
}

/// The phrases of servers. A phrase that only one kind of refusal has can be short; one of common words needs what
/// stands around them.
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
