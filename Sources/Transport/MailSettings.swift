import Campaign
import Email

/// How an email sender sends.
package struct MailSettings: Sendable {
  /// How it logs in.
  package struct Login: Sendable {
    package enum Secret: Sendable {
      case password(String)
      /// An OAuth 2.0 access token.
      case token(String)
      /// A command for `/bin/sh` that prints one.
      case command(String)
    }

    package let username: String
    package let secret: Secret
    /// The environment variable that the document names for it.
    package let variable: String

    package init(username: String, secret: Secret, variable: String) {
      self.username = username
      self.secret = secret
      self.variable = variable
    }
  }

  /// `smtp://`, `smtp+starttls://` or `smtps://`, host and port.
  package let url: String
  /// The author, and the return path.
  package let from: Mailbox
  /// Nil where the server wants none.
  package let login: Login?
  /// Whether it may log in where nothing is encrypted and the server is another host.
  package let allowsCleartext: Bool
  /// The name in EHLO; nil is the host's own.
  package let helo: String?
  /// The most connections that are open at once.
  package let connections: Int
  /// Seconds that one attempt may take, whole; opening a connection as well.
  package let timeout: Double
  /// A file of certificate authorities instead of the system's.
  package let certificateAuthorities: String?

  package init(
    url: String, from: Mailbox, login: Login?, allowsCleartext: Bool, helo: String?, connections: Int, timeout: Double,
    certificateAuthorities: String?
  ) {
    self.url = url
    self.from = from
    self.login = login
    self.allowsCleartext = allowsCleartext
    self.helo = helo
    self.connections = connections
    self.timeout = timeout
    self.certificateAuthorities = certificateAuthorities
  }

  /// Seconds until a server has begun its greeting. Some make everybody wait for it, to see who talks first; a port that
  /// speaks TLS never begins.
  var patience: Double { max(timeout / 3, min(timeout, 5)) }

  /// What to say of a refused login, and what to do.
  func sentence(ofRefusedLogin reply: Reply) -> String {
    let isToken = if case .password = login?.secret { false } else { true }
    return Email.Login.sentence(of: reply, isToken: isToken, variable: login?.variable ?? "")
  }
}

/// The token in a text, if there is one: blanks around it are not, and in it there are none (RFC 6750, 2.1).
package func token(in text: String) -> String? {
  let octets = text.utf8.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
  guard !octets.isEmpty, octets.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
  return String(decoding: octets, as: UTF8.self)
}
