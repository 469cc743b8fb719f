import CCurl
import Campaign
import Email
import Glibc

/// One connection to a mail server. libcurl opens it (TCP, TLS or STARTTLS, EHLO, AUTH); the mail transactions on it are
/// ours, byte by byte, so that it is known what was handed to the socket (DESIGN §7).
///
/// The descriptor is a duplicate of libcurl's: for libcurl an open connection is one that nobody uses, which it may close
/// when it opens another, and the number of a closed descriptor is the next one's. Where nothing is encrypted libcurl
/// is done with the connection when it is open, and the socket is read and written here; TLS goes through libcurl.
final class SMTPConnection {
  enum State {
    case opening
    case idle
    case busy
    /// Closed, with the sentence that says why it could not be opened, if that is what happened.
    case closed(String?)
  }

  private(set) var state = State.opening
  var isOpening: Bool { if case .opening = state { true } else { false } }
  private(set) var descriptor: Int32 = -1
  /// What the current attempt is for, and until when it may be written (`CLOCK_BOOTTIME`).
  private(set) var message = 0
  private(set) var limit = Double.infinity
  private(set) var deadline = Double.infinity
  private(set) var wantsWrite = false {
    didSet { if wantsWrite != oldValue, descriptor >= 0 { loop.watch(self) } }
  }
  /// Whether something has happened on the socket since it was looked at.
  var isReady = false

  /// libcurl's handle, for as long as it has a part in this connection.
  let easy: UnsafeMutableRawPointer
  private var isLibcurlDone = false
  private let loop: TransportLoop
  private var capabilities = ServerCapabilities()
  private var lastLine = ""
  private let errorText: UnsafeMutablePointer<CChar>
  private var transaction: MailTransaction?
  private var transactions = 0
  private var openedAt = 0.0
  private let timeout: Double
  private let needsLogin: Bool
  /// Whether nothing is encrypted, and all that can be read is in the socket: TLS may have more of it decrypted already.
  let isPlain: Bool

  init?(settings: MailSettings, password: String?, loop: TransportLoop) {
    guard let handle = curl_easy_init() else { return nil }
    easy = handle
    self.loop = loop
    timeout = settings.timeout
    needsLogin = settings.username != nil
    isPlain = settings.url.hasPrefix("smtp://")
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))

    var url = settings.url
    if url.hasPrefix("smtp+starttls://") {
      url = "smtp" + url.dropFirst("smtp+starttls".count)
      // libcurl would take 25; submission with STARTTLS is 587 (RFC 6409, 3.1). A colon in brackets is an IPv6 address.
      if !url.dropFirst("smtp://".count).reversed().prefix(while: { $0 != "]" }).contains(":") { url += ":587" }
      // Required, not tried: without STARTTLS the connection fails.
      curl_easy_setopt_long(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
    }
    curl_easy_setopt_string(handle, CURLOPT_URL, url)
    curl_easy_setopt_string(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // Not from the environment: a client of a CGI gateway can set HTTP_PROXY.
    curl_easy_setopt_string(handle, CURLOPT_PROXY, "")
    curl_easy_setopt_long(handle, CURLOPT_CONNECT_ONLY, 1)
    curl_easy_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
    curl_easy_setopt_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
    curl_easy_setopt_long(handle, CURLOPT_TIMEOUT_MS, Int(settings.timeout * 1000))
    // libcurl would close it after two minutes, whatever we are doing with it.
    curl_easy_setopt_long(handle, CURLOPT_MAXAGE_CONN, 1 << 30)
    if let username = settings.username, let password {
      curl_easy_setopt_string(handle, CURLOPT_USERNAME, username)
      curl_easy_setopt_string(handle, CURLOPT_PASSWORD, password)
    }
    if let authorities = settings.certificateAuthorities {
      curl_easy_setopt_string(handle, CURLOPT_CAINFO, authorities)
    }
    curl_easy_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    // The handle is removed and freed in `close`, before this object can go: the pointer outlives every callback.
    curl_easy_setopt_pointer(handle, CURLOPT_HEADERDATA, Unmanaged.passUnretained(self).toOpaque())
    curl_easy_setopt_header_function(handle) { bytes, size, count, context in
      guard let bytes, let context else { return 0 }
      let connection = Unmanaged<SMTPConnection>.fromOpaque(context).takeUnretainedValue()
      connection.heard(UnsafeRawBufferPointer(start: bytes, count: size * count))
      return size * count
    }
  }

  deinit {
    close(nil)
    errorText.deallocate()
  }

  /// A line of the dialogue that libcurl leads.
  private func heard(_ bytes: UnsafeRawBufferPointer) {
    let line = ReplyReader.printable(bytes.prefix(2000).filter { $0 != 0x0D && $0 != 0x0A })
    lastLine = String(line.prefix(200))
    // What was said before STARTTLS no longer holds after it: 220 begins anew (RFC 3207, 4.2).
    if line.hasPrefix("220") { capabilities = ServerCapabilities() }
    if line.hasPrefix("250-") || line.hasPrefix("250 ") { capabilities.read(line.dropFirst(4)) }
  }

  /// libcurl is done with opening.
  func opened(_ result: CURLcode) {
    guard result == CURLE_OK else { return close(sentence(result)) }
    guard !needsLogin || capabilities.auth else {
      return close("the server offers no way to log in, and a username is set")
    }
    var socket = curl_socket_t(-1)
    guard curl_easy_getinfo_socket(easy, &socket) == CURLE_OK, socket >= 0 else {
      return close("the connection was lost as soon as it was open")
    }
    descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { return close("this process may not have more connections open") }
    setLinger(true)
    guard loop.watch(self, isNew: true) else { return close("there is no memory for a connection") }
    if isPlain { releaseLibcurl() }
    openedAt = bootTime()
    state = .idle
  }

  /// libcurl closes its descriptor; it says nothing to the server.
  private func releaseLibcurl() {
    guard !isLibcurlDone else { return }
    isLibcurlDone = true
    loop.remove(self)
    curl_easy_cleanup(easy)
  }

  private func sentence(_ result: CURLcode) -> String {
    let detail = String(cString: errorText)
    let said = lastLine.isEmpty ? "" : "; the server said: \(lastLine)"
    switch result {
    case CURLE_LOGIN_DENIED: return "the server refused the login\(said)"
    case CURLE_USE_SSL_FAILED: return "the server does not offer STARTTLS, which this sender requires"
    case CURLE_COULDNT_RESOLVE_HOST: return "the server's name cannot be resolved"
    case CURLE_OPERATION_TIMEDOUT: return "the server did not answer within \(timeout) s"
    default: return (detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail) + said
    }
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
      if readable() != nil {
        let isRefusal = transactions == 0 && bootTime() < openedAt + 2
        close(isRefusal ? "the server hung up before the first mail" : nil)
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

  /// How many octets are read at once, at most.
  private static let most = 4096

  /// What can be read now: nil is nothing yet, empty is the end.
  private func readable() -> [UInt8]? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SMTPConnection.most) { buffer in
      switch read(UnsafeMutableRawBufferPointer(buffer)) {
      // At most the capacity, and so many are initialized.
      case .count(let count): Array(UnsafeBufferPointer(rebasing: buffer[..<count]))
      case .notNow: nil
      case .broken: []
      }
    }
  }

  // MARK: - Octets

  private enum Moved {
    case count(Int)
    case notNow
    case broken
  }

  /// libcurl looks for its connection among all that it has open, one by one, for each of these calls: with 256 of them
  /// that was a fifth of a tick's time.
  private func write(_ bytes: UnsafeRawBufferPointer) -> Moved {
    if isPlain { return moved(send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))) }
    var count = 0
    return moved(curl_easy_send(easy, bytes.baseAddress, bytes.count, &count), count)
  }

  private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Moved {
    if isPlain { return moved(recv(descriptor, buffer.baseAddress, buffer.count, 0)) }
    var count = 0
    return moved(curl_easy_recv(easy, buffer.baseAddress, buffer.count, &count), count)
  }

  private func moved(_ result: CURLcode, _ count: Int) -> Moved {
    switch result {
    case CURLE_OK: .count(count)
    case CURLE_AGAIN: .notNow
    default: .broken
    }
  }

  private func moved(_ result: Int) -> Moved {
    if result >= 0 { return .count(result) }
    return errno == EAGAIN || errno == EINTR ? .notNow : .broken
  }

  // MARK: - Ends

  /// Says good-bye and closes.
  func quit() {
    if case .idle = state {
      setLinger(false)
      // Courtesy: nobody waits for the answer.
      _ = Array("QUIT\r\n".utf8).withUnsafeBytes { write($0) }
    }
    close(nil)
  }

  /// Whether closing breaks off (RST) what the kernel still holds. From the beginning, because it also has to hold when
  /// this process is killed, by the dead-man timer above all: no byte of a message may leave after that.
  private func setLinger(_ breaksOff: Bool) {
    var option = linger(l_onoff: breaksOff ? 1 : 0, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  private func close(_ reason: String?) {
    if case .closed = state { return }
    state = .closed(reason)
    if descriptor >= 0 {
      loop.forget(self)
      Glibc.close(descriptor)
      descriptor = -1
    }
    releaseLibcurl()
  }
}
