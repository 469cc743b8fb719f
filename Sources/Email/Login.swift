/// The login on one connection (RFC 4954) as a pure machine, like ``MailTransaction``: it takes what was read and written,
/// and says what to write and how it ended.
///
/// What a server says meanwhile is told by its codes alone: some quote what they did not understand, and that is the
/// password.
package struct Login {
  package enum Ending: Sendable, Hashable {
    case loggedIn(Memory)
    /// The server's last word; its text is nothing to print or to store.
    case refused(Reply)
    /// It came to nothing, and why.
    case failed(String)
  }

  /// What the next connections need not find out again.
  package struct Memory: Sendable, Hashable {
    package let mechanism: Mechanism
    let salted: SaltedPassword?
  }

  /// What has to be written now.
  package var output: ArraySlice<UInt8> { buffer[written...] }
  package private(set) var ending: Ending?

  private var buffer: [UInt8] = []
  private var written = 0
  private var replies = ReplyReader()
  private let credentials: Credentials
  private let server: (host: String, port: Int)
  private let nonce: String
  private let memory: Memory?
  private var exchange: Exchange?
  /// Whether what is said first was said along with the command; otherwise it is the answer to the first challenge.
  private var hasBegun = false
  /// What is tried next, in this order.
  private var mechanisms: [Mechanism]
  /// What is told if nothing else works: that the password is wrong rather than that a mechanism is not there.
  private var refusal: Reply?

  /// - Parameters:
  ///   - memory: of a login on another connection: what worked there is tried first.
  ///   - server: the host and the port that was connected to.
  package init(
    _ credentials: Credentials, offered: [String], memory: Memory? = nil, server: (host: String, port: Int),
    nonce: String = Login.newNonce()
  ) {
    self.credentials = credentials
    self.server = server
    self.nonce = nonce
    self.memory = memory
    mechanisms = Login.mechanisms(for: credentials.secret, offered: offered)
    if let memory, let place = mechanisms.firstIndex(of: memory.mechanism) { mechanisms.swapAt(0, place) }
    if mechanisms.isEmpty { ending = .failed(Login.nothing(for: credentials.secret, in: offered)) } else { next() }
  }

  /// PLAIN and LOGIN are what every server that takes passwords knows how to check, however it keeps them; the others are
  /// tried where there is nothing else. Whatever else is offered first (GSSAPI, NTLM) is not for us.
  private static func mechanisms(for secret: Credentials.Secret, offered: [String]) -> [Mechanism] {
    let known = offered.compactMap { Mechanism(rawValue: $0) }
    func among(_ some: [Mechanism]) -> [Mechanism] { some.filter { known.contains($0) } }
    switch secret {
    case .password:
      let simple = among([.plain, .login])
      return simple.isEmpty ? among([.scramSHA256, .scramSHA1, .cramMD5]) : simple
    case .token: return among([.xoauth2, .oauthBearer])
    }
  }

  /// Why none of what is offered can be used.
  private static func nothing(for secret: Credentials.Secret, in offered: [String]) -> String {
    guard !offered.isEmpty else { return "the server offers no way to log in, and a username is set" }
    let names = offered.prefix(10).map { name in String(name.prefix(20).filter { $0.isASCII && !$0.isWhitespace }) }
    let list = "the server offers \(names.joined(separator: ", ")) to log in"
    switch secret {
    case .password:
      let takesTokens = !mechanisms(for: .token(""), offered: offered).isEmpty
      return takesTokens
        ? "\(list), and takes no password: give it a token (token_env instead of password_env)"
        : "\(list), and nothing that takes a user name and a password"
    case .token: return "\(list), and takes no token (XOAUTH2 or OAUTHBEARER): use password_env instead of token_env"
    }
  }

  /// Random, printable, without a comma.
  package static func newNonce() -> String {
    var random = SystemRandomNumberGenerator()
    return Base64.encode((0..<18).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  /// So many bytes of ``output`` were handed to the socket.
  package mutating func wrote(_ count: Int) {
    written += count
    if written == buffer.count { (buffer, written) = ([], 0) }
  }

  /// Bytes came from the server.
  package mutating func received(_ bytes: ArraySlice<UInt8>) {
    replies.append(bytes)
    while ending == nil, let reply = replies.next() {
      guard let reply else {
        ending = .failed("the server's answer to the login is not SMTP")
        return
      }
      take(reply)
    }
  }

  /// The connection or the time came to an end.
  package mutating func interrupted(_ why: String) {
    guard ending == nil else { return }
    ending = refusal.map { .refused($0) } ?? .failed(why)
  }

  private mutating func take(_ reply: Reply) {
    if reply.code == 334 { return challenged(reply) }
    if reply.isPositive {
      guard let exchange, exchange.isComplete else { return say(.impostor) }
      ending = .loggedIn(Memory(mechanism: exchange.mechanism, salted: exchange.salted))
    } else if reply.isPermanent {
      refused(reply)
    } else {
      // For now, and so it would be with the next mechanism; or the server closes (421).
      ending = .refused(refusal ?? reply)
    }
  }

  private mutating func refused(_ reply: Reply) {
    // A 535 is about the password, and yet some servers say it of a mechanism that is switched off. So it is tried in one
    // other way, and no more: logins that fail get accounts locked.
    let wasRefused = refusal?.code == 535
    let isPassword = if case .password = credentials.secret { true } else { false }
    if refusal == nil || !wasRefused { refusal = reply }
    if reply.code == 535 && (wasRefused || !isPassword) { mechanisms = [] }
    if mechanisms.isEmpty { ending = .refused(refusal ?? reply) } else { next() }
  }

  private mutating func next() {
    let mechanism = mechanisms.removeFirst()
    let exchange = Exchange(mechanism, credentials, server: server, nonce: nonce, salted: memory?.salted)
    self.exchange = exchange
    var command = "AUTH \(mechanism.rawValue)"
    hasBegun = exchange.initial == nil
    if let initial = exchange.initial {
      let whole = "\(command) \(Base64.encode(initial))"
      // A command has at most 512 octets with its line end (RFC 5321, 4.5.3.1.4); an answer to a challenge may have more.
      if whole.utf8.count <= 510 { (command, hasBegun) = (whole, true) }
    }
    write(command)
  }

  private mutating func challenged(_ reply: Reply) {
    if !hasBegun, let initial = exchange?.initial {
      hasBegun = true
      return write(Base64.encode(initial))
    }
    say(exchange?.answer(Base64.decode(reply.lines.first ?? "")) ?? .none)
  }

  private mutating func say(_ answer: Exchange.Answer) {
    switch answer {
    case .response(let response): write(Base64.encode(response))
    // RFC 4954, 4: the server answers with 501, and the next mechanism has its turn.
    case .none: write("*")
    case .impostor: ending = .failed("the server did not prove that it knows the password: it may be another one")
    }
  }

  private mutating func write(_ line: String) { buffer += "\(line)\r\n".utf8 }

  // MARK: - What a refusal means

  /// What to say of a refused login, and what to do.
  ///
  /// - Parameter variable: the environment variable with the secret.
  package static func sentence(of reply: Reply, isToken: Bool, variable: String) -> String {
    let secret = isToken ? "token" : "password"
    let meaning =
      switch reply.code {
      case 535:
        isToken
          ? "the token of \(variable) is wrong or out of date, or it is not one for this user and for sending by SMTP"
          : "the user name or the password in \(variable) is wrong, or the account may not log in with it: some providers "
            + "want an app password, or a token (token_env)"
      case 534:
        isToken
          ? "the server does not take a token from this account"
          : "the server wants an app password, or a token (token_env)"
      case 530, 538: "the server wants encryption first: use smtp+starttls:// or smtps://"
      case 421: "the server takes no login now, and hangs up"
      case 400..<500: "the server takes no login now"
      default: "the server does not take a user name and a \(secret) in a way that it offers"
      }
    return "the server refused the login (\(reply.codes)): \(meaning)"
  }
}
