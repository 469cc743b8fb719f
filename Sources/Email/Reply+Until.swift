extension Reply {
  /// In how many seconds it is over, where the reply says so: "in 341 seconds", "try again in 5 minutes", "in 00:04:59";
  /// a rate per second is over in one, a rate per minute in sixty.
  var secondsUntilOver: Double? {
    for line in lines.prefix(40) {
      let words = line.lowercased().split(whereSeparator: { " ()[],;\"<>".contains($0) }).prefix(250).map(Self.bare)
      for (at, word) in words.enumerated() {
        if Self.before.contains(word), let seconds = Self.duration(words[(at + 1)...].prefix(4)) { return seconds }
        if ["per", "pro", "par", "each", "every"].contains(word), at + 1 < words.count {
          if Self.seconds[words[at + 1]] == 1 { return 1 }
          if Self.seconds[words[at + 1]] == 60 { return 60 }
        }
        // Amazon SES: the rate is one per second.
        if word == "maximum", words[(at + 1)...].prefix(2) == ["sending", "rate"] { return 1 }
      }
    }
    return nil
  }

  private static let before: Set<Substring> = [
    "in", "for", "after", "within", "wait", "nach", "dans", "en", "retry", "another",
  ]

  private static let seconds: [Substring: Double] = {
    var table: [Substring: Double] = [:]
    for (names, seconds) in [
      ("s sec secs second seconds sekunde sekunden seconde secondes segundo segundos secondi", 1.0),
      ("m min mins minute minutes minuten minuto minutos minuti", 60),
      ("h hr hrs hour hours stunde stunden heure heures hora horas ore", 3600),
      ("d day days tag tagen jour jours dia dias giorni", 86400),
    ] {
      for name in names.split(separator: " ") { table[name] = seconds }
    }
    return table
  }()

  private static func bare(_ word: Substring) -> Substring {
    var word = word
    while let last = word.last, last == "." || last == "!" || last == ":" { word = word.dropLast() }
    return word
  }

  /// "5 minutes", "at least 5 minutes", "60s", "00:04:59".
  private static func duration(_ words: ArraySlice<Substring>) -> Double? {
    for (at, word) in zip(words.indices, words) {
      let digits = word.prefix { ("0"..."9").contains($0) }
      guard !digits.isEmpty else {
        guard ["at", "least", "about", "approximately", "ca", "another", "after"].contains(word) else { return nil }
        continue
      }
      guard digits.count <= 6, let number = Double(String(digits)) else { return nil }
      let unit = word.dropFirst(digits.count)
      if unit.isEmpty { return at + 1 < words.endIndex ? seconds[words[at + 1]].map { number * $0 } : nil }
      if let seconds = seconds[unit] { return number * seconds }
      let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
      guard parts.count == 3, parts.allSatisfy({ (0...99).contains($0) }) else { return nil }
      return Double(3600 * parts[0] + 60 * parts[1] + parts[2])
    }
    return nil
  }
}
