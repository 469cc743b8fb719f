import Crypto

/// Who logs in, and with what.
package struct Credentials: Sendable {
  package enum Secret: Sendable {
    case password(String)
    /// An OAuth 2.0 access token.
    case token(String)
  }

  package let username: String
  package let secret: Secret

  package init(username: String, secret: Secret) {
    self.username = username
    self.secret = secret
  }
}

/// The ways of logging in that we know, under the names that servers offer (RFC 4422).
package enum Mechanism: String, Sendable {
  case plain = "PLAIN"
  case login = "LOGIN"
  case scramSHA256 = "SCRAM-SHA-256"
  case scramSHA1 = "SCRAM-SHA-1"
  case cramMD5 = "CRAM-MD5"
  case xoauth2 = "XOAUTH2"
  case oauthBearer = "OAUTHBEARER"
}

/// A password as SCRAM derives it: to do that again for each connection would hold up everything else that goes on.
package struct SaltedPassword: Sendable, Hashable {
  let mechanism: Mechanism
  let salt: [UInt8]
  let rounds: Int
  let key: [UInt8]
}

/// Our side of one mechanism: what is said first, and to each challenge.
struct Exchange {
  /// What an exchange comes to with a challenge.
  enum Answer {
    case response([UInt8])
    /// The challenge makes no sense here.
    case none
    /// The server does not know the password: it is not the one that it says it is.
    case impostor
  }

  let mechanism: Mechanism
  /// What can be said before the server has asked; nil where it speaks first.
  let initial: [UInt8]?
  private let credentials: Credentials
  private var scram: SCRAM?
  private var challenges = 0

  /// - Parameters:
  ///   - server: the host and the port that was connected to.
  ///   - nonce: for SCRAM: printable, without a comma, never the same twice.
  ///   - salted: for SCRAM: what another connection has derived.
  init(
    _ mechanism: Mechanism, _ credentials: Credentials, server: (host: String, port: Int), nonce: String,
    salted: SaltedPassword?
  ) {
    self.mechanism = mechanism
    self.credentials = credentials
    let username = credentials.username
    switch (mechanism, credentials.secret) {
    case (.plain, .password(let password)):
      // RFC 4616: the identity to act as (none), the user, the password.
      initial = Array("\0\(username)\0\(password)".utf8)
    case (.xoauth2, .token(let token)):
      initial = Array("user=\(username)\u{1}auth=Bearer \(token)\u{1}\u{1}".utf8)
    case (.oauthBearer, .token(let token)):
      // RFC 7628, 3.1.
      let place = "host=\(server.host)\u{1}port=\(server.port)\u{1}"
      initial = Array("n,a=\(SCRAM.escaped(username)),\u{1}\(place)auth=Bearer \(token)\u{1}\u{1}".utf8)
    case (.scramSHA256, .password(let password)), (.scramSHA1, .password(let password)):
      let scram = SCRAM(mechanism, username: username, password: password, nonce: nonce, salted: salted)
      initial = Array(scram.first.utf8)
      self.scram = scram
    default: initial = nil
    }
  }

  /// Whether the server has proven what it must, so that its yes counts.
  var isComplete: Bool { scram?.isVerified ?? true }

  var salted: SaltedPassword? { scram?.salted }

  /// - Parameter challenge: decoded; nil where it was no base64.
  mutating func answer(_ challenge: [UInt8]?) -> Answer {
    challenges += 1
    switch (mechanism, credentials.secret) {
    case (.login, .password(let password)):
      // It asks for the user and for the password, in words that differ from server to server.
      return challenges > 2 ? .none : .response(Array((challenges == 1 ? credentials.username : password).utf8))
    case (.cramMD5, .password(let password)):
      guard challenges == 1, let challenge else { return .none }
      // RFC 2195, 2.
      let digest = HMAC<Insecure.MD5>.authenticationCode(
        for: challenge, using: SymmetricKey(data: Array(password.utf8)))
      return .response(Array("\(credentials.username) \(digest.hexadecimal)".utf8))
    case (.xoauth2, .token):
      // It says why not; to nothing it then says no.
      return challenges == 1 ? .response([]) : .none
    case (.oauthBearer, .token):
      // The same (RFC 7628, 3.2.3).
      return challenges == 1 ? .response([1]) : .none
    case (.scramSHA256, .password), (.scramSHA1, .password):
      guard let challenge else { return .none }
      return scram?.answer(String(decoding: challenge, as: UTF8.self)) ?? .none
    default: return .none
    }
  }
}

/// The client's side of SCRAM (RFC 5802, RFC 7677), without channel binding. Names and passwords go as they are written,
/// without SASLprep (RFC 4013), which changes no ASCII.
private struct SCRAM {
  private(set) var isVerified = false
  private(set) var salted: SaltedPassword?
  private let password: [UInt8]
  private let nonce: String
  private let mechanism: Mechanism
  private let bare: String
  private var signature: [UInt8]?

  init(_ mechanism: Mechanism, username: String, password: String, nonce: String, salted: SaltedPassword?) {
    self.mechanism = mechanism
    self.password = Array(password.utf8)
    self.nonce = nonce
    self.salted = salted
    bare = "n=\(SCRAM.escaped(username)),r=\(nonce)"
  }

  var first: String { "n,,\(bare)" }

  /// A name as it stands between commas (RFC 5802, 5.1).
  static func escaped(_ name: String) -> String {
    String(name.map { $0 == "=" ? "=3D" : $0 == "," ? "=2C" : String($0) }.joined())
  }

  mutating func answer(_ challenge: String) -> Exchange.Answer {
    let parts = challenge.split(separator: ",", omittingEmptySubsequences: false)
    func value(_ index: Int, _ name: String) -> Substring? {
      guard index < parts.count, parts[index].hasPrefix("\(name)=") else { return nil }
      return parts[index].dropFirst(2)
    }
    if let signature {
      guard let given = value(0, "v") else { return .none }
      guard !isVerified, Base64.decode(given) == signature else { return .impostor }
      isVerified = true
      return .response([])
    }
    // More rounds than this would hold up everything else that this process does.
    guard let whole = value(0, "r"), whole.hasPrefix(nonce), whole.utf8.count > nonce.utf8.count,
      let salt = value(1, "s").flatMap({ Base64.decode($0) }), let rounds = value(2, "i").flatMap({ Int($0) }),
      (1...200_000).contains(rounds)
    else { return .none }
    let final = "c=biws,r=\(whole)"
    let said = Array("\(bare),\(challenge),\(final)".utf8)
    let proof: [UInt8]
    if mechanism == .scramSHA1 {
      (proof, signature) = prove(Insecure.SHA1.self, salt, rounds, said)
    } else {
      (proof, signature) = prove(SHA256.self, salt, rounds, said)
    }
    return .response(Array("\(final),p=\(Base64.encode(proof))".utf8))
  }

  /// RFC 5802, 3: our proof, and the server's signature.
  private mutating func prove<H: HashFunction>(
    _: H.Type, _ salt: [UInt8], _ rounds: Int, _ said: [UInt8]
  ) -> (proof: [UInt8], signature: [UInt8]) {
    func mac(_ key: [UInt8], _ text: [UInt8]) -> [UInt8] {
      Array(HMAC<H>.authenticationCode(for: text, using: SymmetricKey(data: key)))
    }
    if salted?.mechanism != mechanism || salted?.salt != salt || salted?.rounds != rounds {
      salted = SaltedPassword(
        mechanism: mechanism, salt: salt, rounds: rounds, key: SCRAM.derive(H.self, password, salt, rounds))
    }
    let derived = salted?.key ?? []
    let key = mac(derived, Array("Client Key".utf8))
    let stored = Array(H.hash(data: key))
    let proof = zip(key, mac(stored, said)).map { $0 ^ $1 }
    return (proof, mac(mac(derived, Array("Server Key".utf8)), said))
  }

  /// Hi() of RFC 5802, 2.2: PBKDF2 with one block.
  private static func derive<H: HashFunction>(
    _: H.Type, _ password: [UInt8], _ salt: [UInt8], _ rounds: Int
  ) -> [UInt8] {
    // The keyed state is made once, and copied for each round.
    let keyed = HMAC<H>(key: SymmetricKey(data: password))
    var block = salt + [0, 0, 0, 1]
    var derived: [UInt8] = []
    for _ in 0..<rounds {
      var round = keyed
      round.update(data: block)
      block = Array(round.finalize())
      if derived.isEmpty { derived = block } else { for place in derived.indices { derived[place] ^= block[place] } }
    }
    return derived
  }
}

extension Sequence<UInt8> {
  fileprivate var hexadecimal: String {
    let digits = Array("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
