import CCurl
import Campaign
import Email
import Glibc

/// Why a connection did not come about.
package struct ConnectionTrouble: Sendable {
  /// What is wrong, and what to do; nothing in it is secret.
  package let sentence: String
  /// How far it had come.
  package let stage: Stage
  /// What the server said there, if it did; what it says while logging in may have the password in it.
  package let reply: Reply?
}

/// One connection to a mail server. libcurl opens it (TCP, TLS or STARTTLS, EHLO); the login and the mail transactions on
/// it are ours, byte by byte, so that it is known what was handed to the socket (DESIGN §7).
///
/// The descriptor is a duplicate of libcurl's: for libcurl an open connection is one that nobody uses, which it may close
/// when it opens another, and the number of a closed descriptor is the next one's. Where nothing is encrypted libcurl
/// is done with the connection when it is open, and the socket is read and written here; TLS goes through libcurl.
final class SMTPConnection {
  enum State {
    /// Until it is logged in, where it has to be.
    case opening
    case idle
    case busy
    /// Closed, with the reason why it could not be opened, if that is what happened.
    case closed(ConnectionTrouble?)
  }

  private(set) var state = State.opening
  var isOpening: Bool { if case .opening = state { true } else { false } }
  private(set) var descriptor: Int32 = -1
  /// What the current attempt is for, and until when it may be written (`CLOCK_BOOTTIME`).
  private(set) var message = 0
  private(set) var limit: Double
  private(set) var deadline = Double.infinity
  private(set) var wantsWrite = false {
    didSet { if wantsWrite != oldValue, descriptor >= 0 { loop.watch(self) } }
  }
  /// Whether something has happened on the socket since it was looked at.
  var isReady = false
  /// How it has logged in.
  private(set) var memory: Login.Memory?

  /// libcurl's handle, for as long as it has a part in this connection.
  let easy: UnsafeMutableRawPointer
  private var isLibcurlDone = false
  private let loop: TransportLoop
  private var capabilities = ServerCapabilities()
  /// What the server has said to libcurl.
  private var replies = ReplyReader()
  private(set) var heard: [Reply] = []
  /// A line that is no reply.
  private(set) var stranger: String?
  private let errorText: UnsafeMutablePointer<CChar>
  private(set) var login: Login?
  private var transaction: MailTransaction?
  private var transactions = 0
  let begunAt = bootTime()
  private var openedAt = 0.0
  private let timeout: Double
  let settings: MailSettings
  /// The name in EHLO.
  let helo: String
  let credentials: Credentials?
  private let remembered: Login.Memory?
  /// Whether nothing is encrypted, and all that can be read is in the socket: TLS may have more of it decrypted already.
  let isPlain: Bool

  /// - Parameter remembered: how another connection has logged in.
  init?(
    settings: MailSettings, helo: String, credentials: Credentials?, remembered: Login.Memory?, loop: TransportLoop
  ) {
    guard let handle = curl_easy_init() else { return nil }
    easy = handle
    self.loop = loop
    self.settings = settings
    self.helo = helo
    self.credentials = credentials
    self.remembered = remembered
    timeout = settings.timeout
    limit = begunAt + settings.patience
    isPlain = settings.url.hasPrefix("smtp://")
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

    SMTPConnection.configure(handle, settings, helo: helo)
    curl_easy_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    // The handle is removed and freed in `close`, before this object can go: the pointer outlives every callback.
    curl_easy_setopt_pointer(handle, CURLOPT_HEADERDATA, Unmanaged.passUnretained(self).toOpaque())
    curl_easy_setopt_header_function(handle) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      let connection = Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
      let isReply = connection.hears(UnsafeRawBufferPointer(start: bytes, count: size * count))
      return isReply ? size * count : 0
    }
  }

  deinit {
    close(nil)
    errorText.deallocate()
  }

  /// A line of the dialogue that libcurl leads; false ends it.
  private func hears(_ bytes: UnsafeRawBufferPointer) -> Bool {
    limit = .infinity
    replies.append(Array(bytes)[...])
    while let next = replies.next() {
      guard let reply = next else {
        stranger = String(ReplyReader.printable(bytes.prefix(80).filter { $0 != 0x0D && $0 != 0x0A }))
        return false
      }
      heard.append(reply)
      // What was said before STARTTLS no longer holds after it: 220 begins anew (RFC 3207, 4.2).
      if reply.code == 220 || reply.code == 250 { capabilities = ServerCapabilities() }
      if reply.code == 250 { for line in reply.lines { capabilities.read(line[...]) } }
    }
    return true
  }

  // MARK: - Opening

  /// libcurl is done with opening.
  func opened(_ result: CURLcode) {
    guard result == CURLE_OK else { return close(trouble(result, detail: String(cString: errorText))) }
    limit = .infinity
    guard settings.from.isASCII || capabilities.smtpUTF8 else {
      return fail(
        .mail, "the sender's own address has characters outside ASCII, which this server does not take (no SMTPUTF8)")
    }
    var socket = curl_socket_t(-1)
    guard curl_easy_getinfo_socket(easy, &socket) == CURLE_OK, socket >= 0 else {
      return fail(.connect, "the connection was lost as soon as it was open")
    }
    descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { return fail(.connect, "this process may not have more connections open") }
    setLinger(true)
    guard loop.watch(self, isNew: true) else { return fail(.connect, "there is no memory for a connection") }
    if isPlain { releaseLibcurl() }
    if let credentials { logIn(credentials) } else { isOpen() }
  }

  private func isOpen() {
    openedAt = bootTime()
    state = .idle
  }

  private func logIn(_ credentials: Credentials) {
    guard settings.allowsCleartext || !Host.isReachedInClear(settings.url) else {
      return fail(
        .auth, "nothing is encrypted, so it does not log in: use smtp+starttls:// or smtps://, or allow_cleartext: true"
      )
    }
    if capabilities.mechanisms.isEmpty && capabilities.startTLS && isPlain {
      return fail(
        .auth, "the server offers no way to log in without encryption, and it offers STARTTLS: use smtp+starttls://")
    }
    let server = (host: String(Host.name(of: settings.url)), port: Host.port(of: settings.url))
    login = Login(credentials, offered: capabilities.mechanisms, memory: remembered, server: server)
    limit = begunAt + timeout
    loop.note(self, isLoggingIn: true)
    goOnLoggingIn()
  }

  /// Goes on with the login as far as it can without waiting.
  func goOnLoggingIn() {
    guard var login else { return }
    isReady = false
    wantsWrite = false
    while login.ending == nil {
      if !login.output.isEmpty && !wantsWrite {
        switch login.output.withUnsafeBytes({ write($0) }) {
        case .count(let count): login.wrote(count)
        case .notNow: wantsWrite = true
        case .broken: login.interrupted("the connection broke during the login")
        }
      } else if let bytes = readable() {
        if bytes.isEmpty {
          login.interrupted("the server hung up during the login")
        } else {
          login.received(bytes[...])
        }
      } else if bootTime() < limit {
        self.login = login
        return
      } else {
        login.interrupted("the server did not answer the login within \(timeout) s")
      }
    }
    self.login = nil
    limit = .infinity
    loop.note(self, isLoggingIn: false)
    switch login.ending {
    case .loggedIn(let memory):
      self.memory = memory
      isOpen()
    case .refused(let reply):
      sayGoodbye()
      close(ConnectionTrouble(sentence: settings.sentence(ofRefusedLogin: reply), stage: .auth, reply: reply))
    case .failed(let why):
      sayGoodbye()
      fail(.auth, why)
    case nil: break
    }
  }

  private func fail(_ stage: Stage, _ sentence: String) {
    close(ConnectionTrouble(sentence: sentence, stage: stage, reply: nil))
  }

  /// It has waited for a greeting long enough, if it has been connected for so long. To connect libcurl has the whole time.
  func sawNothing() {
    let now = bootTime()
    limit = connectedAt.map { $0 + settings.patience } ?? now + 1
    if limit <= now { close(silence) }
  }

  /// libcurl closes its descriptor; it says nothing to the server.
  private func releaseLibcurl() {
    guard !isLibcurlDone else { return }
    isLibcurlDone = true
    loop.remove(self)
    curl_easy_cleanup(easy)
  }

  // MARK: - Messages

  /// Begins to hand a message over; the connection must be idle.
  func begin(_ mail: OutgoingMail, from: Mailbox, deadline: Double) {
    message = mail.message
    self.deadline = deadline
    limit = min(bootTime() + timeout, deadline)
    state = .busy
    transaction = MailTransaction(
      from: from, to: mail.to, message: mail.bytes, server: capabilities, isFirst: transactions == 0)
    transactions += 1
  }

  /// Goes on as far as it can without waiting; answers how the attempt ended, once it has.
  ///
  /// - Parameter mayRead: false where nothing can have come since the socket was looked at.
  func advance(mayRead: Bool = true) -> MailTransaction.Ending? {
    var mayRead = mayRead || !isPlain
    switch state {
    case .opening, .closed: return nil
    case .idle:
      // Whatever an idle server says (421, or that it hangs up) is a good-bye.
      // Right after it was opened it is a refusal; later, it has waited for a slot for longer than the server likes.
      if let bytes = readable() {
        let isRefusal = transactions == 0 && bootTime() < openedAt + 2
        close(isRefusal ? goodbye(bytes) : nil)
      }
      return nil
    case .busy: break
    }
    // Taken out while it is worked on: a second owner would make every change copy the message.
    guard var transaction = self.transaction.take() else { return nil }
    wantsWrite = false
    while transaction.ending == nil {
      let now = bootTime()
      guard now < limit else {
        // Nothing may be written any more. An answer that is there already is one, though: this process may have been
        // frozen while it came.
        while transaction.ending == nil, let bytes = readable(), !bytes.isEmpty { transaction.received(bytes[...]) }
        transaction.interrupted(now < deadline ? .timeout(timeout) : .deadline)
        break
      }
      if !transaction.output.isEmpty && !wantsWrite {
        // The clock was read just above, and a frozen process is ended by the dead-man timer: see DESIGN §4.2.
        switch transaction.output.withUnsafeBytes({ write($0) }) {
        case .count(let count): transaction.wrote(count)
        case .notNow: wantsWrite = true
        case .broken: transaction.interrupted(.closed("the connection broke"))
        }
      } else if mayRead, let bytes = readable() {
        if bytes.isEmpty {
          transaction.interrupted(.closed("the server hung up"))
        } else {
          transaction.received(bytes[...])
          // To ask once more, for nothing, was every second read.
          mayRead = !isPlain || bytes.count == SMTPConnection.most
        }
      } else {
        self.transaction = transaction
        return nil
      }
    }
    deadline = .infinity
    limit = .infinity
    if transaction.ending?.isReusable == true { state = .idle } else { close(nil) }
    return transaction.ending
  }

  // MARK: - Ends

  /// Says good-bye and closes.
  func quit() {
    if case .idle = state { sayGoodbye() }
    close(nil)
  }

  /// Courtesy: nobody waits for the answer.
  private func sayGoodbye() {
    setLinger(false)
    _ = Array("QUIT\r\n".utf8).withUnsafeBytes { write($0) }
  }

  /// Whether closing breaks off (RST) what the kernel still holds. From the beginning, because it also has to hold when
  /// this process is killed, by the dead-man timer above all: no byte of a message may leave after that.
  private func setLinger(_ breaksOff: Bool) {
    var option = linger(l_onoff: breaksOff ? 1 : 0, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  private func close(_ trouble: ConnectionTrouble?) {
    if case .closed = state { return }
    state = .closed(trouble)
    login = nil
    limit = .infinity
    loop.note(self, isLoggingIn: false)
    if descriptor >= 0 {
      loop.forget(self)
      Glibc.close(descriptor)
      descriptor = -1
    }
    releaseLibcurl()
  }
}
