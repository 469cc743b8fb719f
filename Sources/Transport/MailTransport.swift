import Campaign
import Email

/// How an email sender sends.
public struct MailSettings: Sendable {
  /// `smtp://`, `smtp+starttls://` or `smtps://`, host and port.
  public let url: String
  /// The author, and the return path.
  public let from: Mailbox
  /// The user name, if the server wants a login.
  public let username: String?
  /// The most connections that are open at once.
  public let connections: Int
  /// Seconds that one attempt may take, whole; opening a connection as well.
  public let timeout: Double
  /// A file of certificate authorities instead of the system's.
  public let certificateAuthorities: String?

  /// How an email sender sends.
  public init(
    url: String, from: Mailbox, username: String?, connections: Int, timeout: Double, certificateAuthorities: String?
  ) {
    self.url = url
    self.from = from
    self.username = username
    self.connections = connections
    self.timeout = timeout
    self.certificateAuthorities = certificateAuthorities
  }
}

/// A mail that is ready to go.
public struct OutgoingMail: Sendable {
  /// The message in the ledger.
  public let message: Int
  /// The only recipient.
  public let to: Mailbox
  /// What ``EmailMessage/encoded()`` made.
  public let bytes: [UInt8]

  /// A mail that is ready to go.
  public init(message: Int, to: Mailbox, bytes: [UInt8]) {
    self.message = message
    self.to = to
    self.bytes = bytes
  }
}

/// An attempt that has ended.
public struct Attempt: Sendable {
  /// The message in the ledger.
  public let message: Int
  /// What the transport says of it.
  public let outcome: Outcome
  /// Where and how it was refused; nil where the outcome is no refusal.
  package let refusal: Refusal?
}

/// The connections of one email sender, for one tick.
public final class MailTransport {
  /// Why this sender cannot send, once it cannot: its own fault, and nobody's failure.
  public private(set) var trouble: String?

  private let settings: MailSettings
  private let password: String?
  private let loop: TransportLoop
  private var connections: [SMTPConnection] = []
  /// On which of them the last message was begun.
  private var next = 0
  /// Attempts that have ended and were not told yet.
  private var ended: [Attempt] = []
  /// Why a connection could not be opened, while it is not clear whether any can.
  private var refusal: String?
  /// A server may allow fewer connections than we would like.
  private var most: Int

  /// - Parameter password: nil when the sender does not log in.
  public init(_ settings: MailSettings, password: String?, loop: TransportLoop) {
    self.settings = settings
    self.password = password
    self.loop = loop
    most = settings.connections
  }

  /// How many messages can be begun at once: connections that are connected, greeted, authenticated, and idle.
  public var idle: Int { connections.count { if case .idle = $0.state { true } else { false } } }
  /// How many messages are with the server.
  public var busy: Int { connections.count { if case .busy = $0.state { true } else { false } } }
  /// The earliest deadline of the messages that are with the server (`CLOCK_BOOTTIME`).
  public var earliestDeadline: Double { connections.map(\.deadline).min() ?? .infinity }
  /// When something has to be given up at the latest, if nothing happens (`CLOCK_BOOTTIME`); 0, which is now, where an
  /// attempt has ended and was not told yet.
  public var earliestLimit: Double { ended.isEmpty ? connections.map(\.limit).min() ?? .infinity : 0 }

  /// Sees to it that so many connections are open or being opened, within the sender's bounds.
  public func open(_ wanted: Int) {
    // Not all at once: a server's queue of new connections is short, and who finds it full tries again after a second.
    let missing = min(min(wanted, most) - connections.count, 64 - connections.count { $0.isOpening })
    guard trouble == nil, refusal == nil, missing > 0 else { return }
    for _ in 0..<missing {
      guard let connection = SMTPConnection(settings: settings, password: password, loop: loop) else {
        trouble = "there is no memory for a connection"
        return
      }
      connections.append(connection)
      loop.open(connection)
    }
    loop.drive()
    sweep()
  }

  /// Begins a message on an idle connection; false when there is none any more. The first bytes leave at once: the
  /// caller's dead-man timer is armed already.
  public func begin(_ mail: OutgoingMail, deadline: Double) -> Bool {
    for _ in connections.indices {
      // On from the last one: the first are busy since then.
      next = next + 1 < connections.count ? next + 1 : 0
      let connection = connections[next]
      guard case .idle = connection.state else { continue }
      connection.begin(mail, from: settings.from, deadline: deadline)
      // At once, so that the server is at work while the next mail is written.
      advance(connection, mayRead: false)
      return true
    }
    return false
  }

  /// Goes on as far as it can without waiting, and answers the attempts that have ended.
  public func advance() -> [Attempt] {
    let now = bootTime()
    for connection in connections where connection.isReady || connection.limit <= now {
      advance(connection)
    }
    sweep()
    defer { ended = [] }
    return ended
  }

  private func advance(_ connection: SMTPConnection, mayRead: Bool = true) {
    connection.isReady = false
    guard let ending = connection.advance(mayRead: mayRead) else { return }
    // More may have been decrypted along with the last reply: the socket would not tell.
    connection.isReady = !connection.isPlain
    ended.append(Attempt(message: connection.message, outcome: ending.outcome, refusal: ending.refusal))
  }

  /// Says good-bye on every idle connection, and closes all.
  public func close() {
    for connection in connections { connection.quit() }
    connections = []
  }

  /// Drops closed connections, and learns from the ones that could not be opened.
  private func sweep() {
    var isOpen = false
    connections.removeAll { connection in
      switch connection.state {
      case .closed(let why):
        refusal = why ?? refusal
        return true
      case .idle, .busy:
        isOpen = true
        return false
      case .opening: return false
      }
    }
    guard let reason = refusal else { return }
    if isOpen {
      // The server takes some connections and not that one: no more than it takes.
      most = max(1, connections.count)
      refusal = nil
    } else if connections.isEmpty {
      trouble = trouble ?? reason
    }
  }
}
