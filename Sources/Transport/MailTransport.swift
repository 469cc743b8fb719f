import Campaign
import Email

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
  /// Where in the dialogue that was, for whoever judges it; nil where it was in the middle of a mail. What the server said
  /// while logging in may have the password in it: it is nothing to print or to store.
  package private(set) var troubleAt: (stage: Stage, reply: Reply?)?
  /// The most connections that may be open; the sender's own bound holds as well.
  package var mayOpen = Int.max

  private let settings: MailSettings
  /// What it logs in with; nil when it does not, or while a command that prints it is running.
  private var credentials: Credentials?
  private var command: TokenCommand?
  private let loop: TransportLoop
  private var connections: [SMTPConnection] = []
  /// On which of them the last message was begun.
  private var next = 0
  /// Attempts that have ended and were not told yet.
  private var ended: [Attempt] = []
  /// Why a connection could not be opened, while it is not clear whether any can.
  private var refusal: ConnectionTrouble?
  /// A server may allow fewer connections than we would like.
  private var most: Int
  /// Whether a connection has been open and logged in.
  private var isProven = false
  /// Whether the first connection is opened alone: where it does not come about, fifty would not, and fifty logins with a
  /// wrong password lock an account.
  private let opensOneFirst: Bool
  /// How a connection has logged in: what was refused before that is not tried by the others.
  private var memory: Login.Memory?
  /// The name in EHLO, once it is needed.
  private lazy var helo = settings.helo ?? HostName.own(toward: Host.name(of: settings.url))
  /// Since when a connection is wanted.
  private var wantedSince: Double?

  /// - Parameter hasTrouble: whether the sender could not send the last time.
  package init(_ settings: MailSettings, hasTrouble: Bool, loop: TransportLoop) {
    self.settings = settings
    self.loop = loop
    most = settings.connections
    opensOneFirst = hasTrouble || settings.login != nil
    if let login = settings.login {
      switch login.secret {
      case .password(let password): credentials = Credentials(username: login.username, secret: .password(password))
      case .token(let token): credentials = Credentials(username: login.username, secret: .token(token))
      case .command: break
      }
    }
  }

  /// How many messages can be begun at once: connections that are connected, greeted, authenticated, and idle.
  public var idle: Int { connections.count { if case .idle = $0.state { true } else { false } } }
  /// How many messages are with the server.
  public var busy: Int { connections.count { if case .busy = $0.state { true } else { false } } }
  /// The earliest deadline of the messages that are with the server (`CLOCK_BOOTTIME`).
  public var earliestDeadline: Double { connections.map(\.deadline).min() ?? .infinity }
  /// When something has to be given up at the latest, if nothing happens (`CLOCK_BOOTTIME`); 0, which is now, where an
  /// attempt has ended and was not told yet.
  public var earliestLimit: Double {
    guard ended.isEmpty else { return 0 }
    return min(connections.map(\.limit).min() ?? .infinity, command?.limit ?? .infinity)
  }

  /// What is waited for, where no connection has come about for a while: a tick that ends meanwhile would say nothing.
  package var notOpened: ConnectionTrouble? {
    guard !isProven, trouble == nil, let since = wantedSince, bootTime() - since > 2 else { return nil }
    if let opening = connections.first(where: \.isOpening) { return opening.silence }
    return command.map { _ in commandTrouble("has not ended yet") }
  }

  /// Sees to it that so many connections are open or being opened, within the sender's bounds.
  public func open(_ wanted: Int) {
    // Not all at once: a server's queue of new connections is short, and who finds it full tries again after a second.
    let bound = min(opensOneFirst && !isProven ? 1 : most, mayOpen)
    let missing = min(min(wanted, bound) - connections.count, 64 - connections.count { $0.isOpening })
    guard trouble == nil, refusal == nil, missing > 0 else { return }
    wantedSince = wantedSince ?? bootTime()
    guard isReadyToLogIn() else { return }
    for _ in 0..<missing {
      guard
        let connection = SMTPConnection(
          settings: settings, helo: helo, credentials: credentials, remembered: memory, loop: loop)
      else {
        trouble = "there is no memory for a connection"
        return
      }
      connections.append(connection)
      loop.open(connection)
    }
    loop.drive()
    sweep()
  }

  /// Whether there is something to log in with, where it has to; a command that prints it is begun.
  private func isReadyToLogIn() -> Bool {
    guard credentials == nil, let login = settings.login, case .command(let line) = login.secret else { return true }
    if command == nil {
      command = TokenCommand(line, loop: loop)
      if command == nil { cannotOpen(commandTrouble("cannot be started")) }
    }
    return false
  }

  /// Looks whether the command has ended.
  private func lookForToken() {
    guard let running = command, let login = settings.login else { return }
    switch running.look() {
    case .running: return
    case .token(let token): credentials = Credentials(username: login.username, secret: .token(token))
    case .failed(let why): cannotOpen(commandTrouble(why))
    }
    command = nil
  }

  private func commandTrouble(_ why: String) -> ConnectionTrouble {
    ConnectionTrouble(
      sentence: "the command in \(settings.login?.variable ?? "")_COMMAND, which prints a token, \(why)", stage: .auth,
      reply: nil)
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
    lookForToken()
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
    command = nil
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
        memory = memory ?? connection.memory
        return false
      case .opening: return false
      }
    }
    isProven = isProven || isOpen
    guard let reason = refusal else { return }
    if isOpen {
      // The server takes some connections and not that one: no more than it takes.
      most = max(1, connections.count)
      refusal = nil
    } else if connections.isEmpty {
      cannotOpen(reason)
    }
  }

  private func cannotOpen(_ reason: ConnectionTrouble) {
    guard trouble == nil else { return }
    trouble = reason.sentence
    troubleAt = (reason.stage, reason.reply)
  }
}
