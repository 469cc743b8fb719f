extension Reply {
  /// What this refusal says by itself: where it was said first, then its codes, then its words.
  ///
  /// What is wrong here costs most where somebody is suppressed, then where a lead pays for what is not about it, then
  /// where one lead's refusal stops its sender. So of two readings the one that does less is taken, and whatever is
  /// not known is held until the others have told.
  ///
  /// - Parameters:
  ///   - stage: where it was said.
  ///   - own: our addresses and names, which a reply may be about: the From address, the user name, the name in EHLO.
  ///   - lead: the recipient's address, where one was named.
  package func reading(at stage: Stage, own: [String] = [], lead: String? = nil) -> Reading {
    let lead = lead?.lowercased()
    let sentences = sentences(own: Reply.names(of: own, besides: lead), lead: lead)
    let refusal = Evidence(self, stage, sentences)
    let reading =
      switch stage {
      case .connect: refusal.atConnect
      case .helo: refusal.atHello
      case .auth: refusal.atLogin
      case .mail: refusal.atMail
      case .rcpt, .data, .dot: refusal.ofMessage
      }
    let waits = [.rest, .defer, .restDomain, .hold].contains(reading.action)
    return Reading(reading.subject, reading.action, until: waits ? refusal.until : nil)
  }

  /// Our addresses with their domains, and our hosts; not what is as well the lead's, and no bare word: a user name can
  /// be `user`.
  private static func names(of own: [String], besides lead: String?) -> [String] {
    func domain(_ address: String) -> String? { address.lastIndex(of: "@").map { String(address[$0...].dropFirst()) } }
    let others = [lead, lead.flatMap(domain)]
    return own.map { $0.lowercased() }.flatMap { name in
      if let domain = domain(name) { return [name, domain] }
      return name.contains(".") ? [name] : []
    }.filter { !others.contains($0) }
  }
}

/// A refusal with all that is looked at.
private struct Evidence {
  let basic: Int
  let code: StatusCode?
  let isTransient: Bool
  let stage: Stage
  let topics: Set<Topic>
  let hasWords: Bool
  /// One of our addresses is in it, and the recipient's is not.
  let namesOurs: Bool
  /// One of our addresses, domains or hosts is in it, and the recipient's address is not.
  let namesOurDomain: Bool
  let namesLead: Bool
  let until: Double?

  init(_ reply: Reply, _ stage: Stage, _ sentences: [Sentence]) {
    basic = reply.code
    code = sentences.lazy.compactMap(\.codes.first).first
    isTransient = reply.isTransient
    self.stage = stage
    topics = sentences.reduce(into: []) { $0.formUnion(Vocabulary.topics($1.words)) }
    hasWords = sentences.contains { !$0.words.isEmpty }
    namesLead = sentences.contains(where: \.namesLead)
    namesOurs = !namesLead && sentences.contains(where: \.namesOurs)
    namesOurDomain = namesOurs || !namesLead && sentences.contains(where: \.namesOurDomain)
    until = reply.secondsUntilOver
  }

  func says(_ some: Topic...) -> Bool { some.contains(where: topics.contains) }

  /// The code behind the class, which servers get wrong: `7.3` of `451 5.7.3`.
  private func isCode(_ some: (subject: Int, detail: ClosedRange<Int>)...) -> Bool {
    guard let code else { return false }
    return some.contains { $0.subject == code.subject && $0.detail.contains(code.detail) }
  }

  /// 530, 534, 535, 538: nobody but who is not logged in hears them (RFC 4954).
  private var isLogin: Bool { [530, 534, 535, 538].contains(basic) }

  // MARK: Before anything of the lead was said

  var atConnect: Reading {
    if says(.greylist) { return Reading(.greylist, .defer) }
    if says(.rate, .ownQuota) { return isTransient ? Reading(.quota, .rest) : Reading(.host, .restDomain) }
    if says(.listed, .reverseName, .reputation, .spam) || !isTransient { return Reading(.host, .restDomain) }
    if says(.crowded) { return Reading(.domain, .restDomain) }
    return Reading(.server, .rest)
  }

  var atHello: Reading {
    if says(.rate, .ownQuota) { return Reading(.quota, .rest) }
    if says(.listed, .reverseName, .reputation) { return Reading(.host, .restDomain) }
    if isTransient, !says(.helo) { return Reading(.server, .rest) }
    return Reading(.host, .stop)
  }

  var atLogin: Reading {
    if says(.credits, .rate, .ownQuota) { return Reading(.quota, .rest) }
    // "535 authentication failed: Connection lost to authentication server".
    if isTransient || says(.trouble) { return Reading(.server, .rest) }
    return Reading(.account, .stop)
  }

  /// MAIL carries nothing of the lead, but for what the message brings as parameters: SIZE, and SMTPUTF8, which only an
  /// address needs that is not ASCII.
  var atMail: Reading {
    if isCode((6, 7...7)) || basic == 555 || says(.unicode) { return Reading(.content, .fail) }
    if isLogin { return Reading(.account, .stop) }
    if !isTransient, isCode((3, 4...4), (2, 3...3)) || says(.size) && !says(.rate, .ownQuota) {
      return Reading(.content, .content)
    }
    if let reading = ofOurs { return reading }
    if isTransient { return Reading(.server, .rest) }
    // It says no more than that it is a refusal.
    if topics == [.denied] { return Reading(.ambiguous, .hold) }
    return Reading(.from, .rest)
  }

  /// What is about us wherever it is said.
  private var ofOurs: Reading? {
    if says(.callout) { return Reading(.from, isTransient ? .rest : .stop) }
    if says(.greylist) { return Reading(.greylist, .defer) }
    if says(.credits) { return Reading(.quota, .rest) }
    if isCode((7, 64...64)) { return Reading(.account, .stop) }
    if says(.crowded) || isTransient && isCode((7, 500...699), (7, 28...28)) { return Reading(.domain, .restDomain) }
    if says(.rate, .ownQuota) || says(.someLimit) && !isOfMailbox {
      // How much comes from us, said together with why: the receiver has judged our host.
      if says(.authentication), isTransient { return Reading(.from, .restDomain) }
      return says(.reputation, .listed) && !says(.yourAccount, .ownAccount)
        ? Reading(.domain, .restDomain) : Reading(.quota, .rest)
    }
    if says(.yourAccount) { return Reading(.account, .stop) }
    if isCode((7, 606...649), (7, 25...25)) { return Reading(.host, .restDomain) }
    if says(.authentication), !says(.form) || isCode((7, 20...26)) {
      return Reading(.from, isTransient ? .restDomain : .stop)
    }
    if says(.helo) { return Reading(.host, says(.listed) ? .restDomain : .stop) }
    if says(.ownAccount), !says(.relay) || stage == .mail { return Reading(.account, .stop) }
    if says(.ownership) || isCode((7, 60...60), (7, 750...750)) { return Reading(.from, .stop) }
    if says(.relay) { return stage == .mail ? Reading(.account, .stop) : Reading(.ambiguous, .hold) }
    if says(.form), stage == .dot { return ofContent }
    if says(.senderDomain) || isCode((1, 7...8), (7, 27...27)) { return Reading(.from, isTransient ? .rest : .stop) }
    if says(.linkListed), stage == .dot || stage == .data { return Reading(.content, isTransient ? .defer : .content) }
    if says(.listed, .reverseName), !says(.closed, .noUser) { return Reading(.host, .restDomain) }
    if says(.reputation) { return Reading(.host, .restDomain) }
    return nil
  }

  /// A limit or a quota that is the mailbox's, and not ours.
  private var isOfMailbox: Bool { says(.full) || isCode((2, 2...2)) || namesLead && !says(.yourAccount) }

  // MARK: Where the lead or the message may be meant

  var ofMessage: Reading {
    if isLogin { return Reading(.account, .stop) }
    // RFC 7505; the words of it are as well those of a recipient's rule.
    if isCode((1, 10...10)), says(.noDomain), !namesOurDomain, !isTransient { return Reading(.address, .suppress) }
    if says(.suppressed) { return Reading(.mailbox, .fail) }
    if says(.recipientsRate) || isCode((2, 121...122)), !says(.callout) { return Reading(.mailbox, .defer) }
    if says(.recipientsRule), !says(.callout, .ownQuota, .rate, .yourAccount) {
      return Reading(.mailbox, isTransient ? .defer : .fail)
    }
    if isCode((7, 120...139)) { return Reading(.mailbox, .fail) }
    if says(.loop) { return Reading(.mailbox, isTransient ? .defer : .fail) }
    if says(.size), !says(.full) || isCode((2, 3...3), (3, 4...4)), !says(.ownQuota) {
      return Reading(.content, isTransient ? .defer : .content)
    }
    if isExplicit, !says(.callout) { return ofRecipient ?? Reading(.ambiguous, .hold) }
    if let reading = ofOurs { return reading }
    if let reading = ofContent { return reading }
    if says(.senderRefused) { return Reading(.ambiguous, .hold) }
    return ofRecipient ?? byCode
  }

  /// Nothing but the recipient can be meant, by code and words.
  private var isExplicit: Bool {
    isCode((1, 1...1), (1, 10...10)) && says(.noUser) && !namesOurs && !says(.senderDomain, .senderRefused, .rate)
  }

  private var ofContent: Reading? {
    if isCode((6, 7...7)) || says(.unicode) { return Reading(.content, .fail) }
    if isCode((3, 4...4), (2, 3...3), (6, 0...6), (6, 8...99)) {
      return Reading(.content, isTransient ? .defer : .content)
    }
    guard stage == .dot || stage == .data else {
      // Nobody can have seen the message at RCPT.
      return says(.spam, .form) && !says(.noUser, .closed, .full) ? Reading(.ambiguous, .hold) : nil
    }
    if says(.form, .spam, .linkListed) { return Reading(.content, isTransient ? .defer : .content) }
    return nil
  }

  private var ofRecipient: Reading? {
    // Our own address is named, and the recipient's is not.
    if namesOurs && says(.noUser, .perhapsNoUser, .closed, .full) || namesOurDomain && says(.noDomain, .someDomain) {
      return Reading(.from, .hold)
    }
    if says(.systemFull), isTransient { return Reading(.server, .rest) }
    if says(.full) { return Reading(.mailbox, says(.closed) && !isTransient ? .fail : .defer) }
    if says(.someQuota) {
      let isMailbox = namesLead || isCode((2, 2...2)) || [422, 452, 552].contains(basic)
      return isMailbox ? Reading(.mailbox, .defer) : Reading(.ambiguous, .hold)
    }
    if says(.locked) { return Reading(.mailbox, .defer) }
    if says(.closed) { return Reading(.mailbox, isTransient ? .defer : .fail) }
    if says(.someAccount), !says(.noUser) {
      // "Account suspended": the recipient's at RCPT, but after the dot it may as well be ours.
      let isRecipients = namesLead || isCode((1, 0...99), (2, 0...99)) || stage == .rcpt && !isCode((7, 0...999))
      return isRecipients ? Reading(.mailbox, isTransient ? .defer : .fail) : Reading(.ambiguous, .hold)
    }
    if says(.noUser) {
      if isTransient { return Reading(.address, .defer) }
      // After the dot some say it of what their filter refuses; with its code they mean it. 5.7.2 and so on is of
      // other users.
      let isSaidWhereKnown = stage == .rcpt && !isCode((7, 2...999)) || isCode((1, 1...3), (1, 10...10))
      return Reading(.address, isSaidWhereKnown ? .suppress : .fail)
    }
    if says(.perhapsNoUser) { return Reading(.address, isTransient ? .defer : .fail) }
    if says(.noDomain) || says(.someDomain) && (namesLead || isCode((1, 0...3), (1, 10...10), (4, 4...4))) {
      if isTransient { return Reading(.address, .defer) }
      return Reading(.address, isCode((1, 2...3), (1, 10...10)) ? .suppress : .fail)
    }
    // "Recipient address rejected: Access denied" of Exchange Online: it knows no such recipient.
    if says(.unavailable), stage == .rcpt, isCode((4, 1...1)), basic == 550 { return Reading(.address, .suppress) }
    // One domain's name cannot be looked up, or all of them.
    if says(.trouble, .resolving), isTransient {
      return Reading(.server, says(.resolving) && namesLead ? .defer : .rest)
    }
    if says(.later), isTransient {
      return stage == .rcpt ? Reading(.greylist, .defer) : Reading(.server, .hold)
    }
    if says(.unavailable), stage == .rcpt, !isCode((7, 0...999)) {
      return isTransient ? Reading(.mailbox, .defer) : Reading(.address, .fail)
    }
    return nil
  }

  /// What the codes alone tell.
  private var byCode: Reading {
    guard let code, !namesOurDomain else { return Reading(.ambiguous, .hold) }
    let isPermanent = !isTransient && code.status == 5
    switch (code.subject, code.detail) {
    case (1, 2), (1, 10): return Reading(.address, isPermanent ? hasWords ? .fail : .suppress : .defer)
    case (1, 1), (1, 3), (1, 6), (4, 4): return Reading(.address, isPermanent ? .fail : .defer)
    case (2, 1), (2, 4): return Reading(.mailbox, isPermanent ? .fail : .defer)
    case (2, 2): return Reading(.mailbox, .defer)
    case (3, 1): return Reading(.server, .rest)
    case (4, 5): return Reading(.quota, .rest)
    case (4, 6), (4, 14): return Reading(.mailbox, isPermanent ? .fail : .defer)
    case (7, 20...24), (7, 26), (7, 509), (7, 515): return Reading(.from, .stop)
    case (7, 28): return Reading(.domain, .restDomain)
    case (7, 57...64), (7, 700...799): return Reading(.account, .stop)
    default: return Reading(.ambiguous, .hold)
    }
  }
}
