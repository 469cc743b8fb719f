import Campaign
import Glibc

/// The name that we give in EHLO where a sender has none set (RFC 5321, 4.1.4): this host's full name, or else the
/// address that the server sees; never a bare word, which many servers refuse.
enum HostName {
  /// The name for a server.
  static func own(toward host: Substring) -> String { full ?? literal(toward: host) }

  /// The host's full name, if it has one; looked for once.
  private static let full: String? = {
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> String? in
      guard let start = buffer.baseAddress, gethostname(start, 255) == 0 else { return nil }
      buffer[255] = 0
      return String(cString: start)
    }
    guard let name else { return nil }
    if Host.isPublicName(name) { return name }
    return canonical(name, seconds: 2).flatMap { Host.isPublicName($0) ? $0 : nil }
  }()

  /// What `hostname -f` says. By a thread of its own: a name server that does not answer would hold up the tick, and all
  /// that it has out, for longer than this is worth.
  private static func canonical(_ name: String, seconds: Int32) -> String? {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else { return nil }
    defer { close(ends[0]) }
    let question = Question(name: name, answer: ends[1])
    let context = Unmanaged.passRetained(question).toOpaque()
    var thread = pthread_t()
    let begun = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Question>.fromOpaque(context).takeRetainedValue().ask()
        return nil
      }, context)
    guard begun == 0 else {
      close(ends[1])
      Unmanaged<Question>.fromOpaque(context).release()
      return nil
    }
    pthread_detach(thread)
    var answer = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    guard poll(&answer, 1, seconds * 1000) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = recv(ends[0], &buffer, buffer.count, 0)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  private final class Question: Sendable {
    private let name: String
    private let answer: Int32

    init(name: String, answer: Int32) { (self.name, self.answer) = (name, answer) }

    func ask() {
      defer { close(answer) }
      var hints = addrinfo()
      hints.ai_flags = AI_CANONNAME
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var found: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(name, nil, &hints, &found) == 0, let found else { return }
      defer { freeaddrinfo(found) }
      guard let canonical = found.pointee.ai_canonname else { return }
      // Nobody may be listening any more.
      send(answer, canonical, strlen(canonical), Int32(MSG_NOSIGNAL))
    }
  }

  // MARK: - Address literals

  /// The address from which a server is reached, as RFC 5321, 4.1.3 writes it. Where only the server's name is known, that
  /// of the default route: libcurl says EHLO before anybody knows the connection's own.
  private static func literal(toward host: Substring) -> String {
    if Host.isLoopback(host) { return host.contains(":") ? "[IPv6:::1]" : "[127.0.0.1]" }
    // Addresses for documentation (RFC 5737, RFC 3849) stand for the rest of the world.
    for target in [String(host), "192.0.2.1", "2001:db8::1"] {
      if let address = source(toward: target) { return address.contains(":") ? "[IPv6:\(address)]" : "[\(address)]" }
    }
    return "[127.0.0.1]"
  }

  /// The address of ours that the system would use towards one. Nothing is sent for it.
  private static func source(toward address: String) -> String? {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, "9", &hints, &found) == 0, let found else { return nil }
    defer { freeaddrinfo(found) }
    let descriptor = socket(found.pointee.ai_family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else { return nil }
    var own = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &own) { own in
      own.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
          guard let start = text.baseAddress, getsockname(descriptor, own, &length) == 0,
            getnameinfo(own, length, start, 128, nil, 0, NI_NUMERICHOST) == 0
          else { return nil }
          // Without the zone of a link-local one.
          return String(String(cString: start).prefix { $0 != "%" })
        }
      }
    }
  }
}
