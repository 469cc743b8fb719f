/// What a sentence of a refusal can be about, by its words. The cases stand in the order in which they are believed: what
/// only one kind of refusal says comes before what many say.
enum Topic: CaseIterable {
  // Which of the two addresses, or of the two sides, a common word is about.
  case callout, recipientsRate, recipientsRule, greylist
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
  static let phrases: [(topic: Topic, phrase: Phrase)] = [
    texts, textsOfOurs, textsOfTheMessage, textsOfTheRecipient,
  ].flatMap { table in
    table.flatMap { topic, text in text.split(separator: "\n").map { (topic, Phrase($0)) } }
  }

  /// All that a sentence says.
  static func topics(_ words: [String]) -> Set<Topic> {
    let words = words.map { Array($0.utf8) }
    var said: Set<Topic> = []
    for (topic, phrase) in phrases where !said.contains(topic) && phrase.isSaid(in: words) { said.insert(topic) }
    return said
  }
}
