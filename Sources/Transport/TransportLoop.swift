import CCurl
import Glibc

/// The one place where a tick waits: libcurl's transfers, the connections that we drive ourselves, and whatever else
/// the caller waits for (the database, a signal).
public final class TransportLoop {
  /// Something of the caller's to wait for.
  public struct Interest {
    /// The descriptor.
    public let descriptor: Int32
    /// Whether to wake also when it can be written.
    public let write: Bool

    /// Waits for a descriptor.
    public init(_ descriptor: Int32, write: Bool = false) {
      self.descriptor = descriptor
      self.write = write
    }
  }

  let multi: UnsafeMutableRawPointer
  private var opening: [UnsafeMutableRawPointer: SMTPConnection] = [:]
  /// Those that libcurl has opened and that log in now.
  private var loggingIn: [ObjectIdentifier: SMTPConnection] = [:]
  /// Our own connections: among hundreds of them it tells the few that can go on, and is one descriptor to wait for.
  private let epoll: Int32
  private var events = [epoll_event](repeating: epoll_event(), count: 1024)

  /// Makes libcurl's multi handle, and room for as many connections as this process may have.
  public init?() {
    let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    // An encrypted connection has two descriptors, and 1024 in all is what most systems begin with.
    if getrlimit(descriptors, &limit) == 0, limit.rlim_cur < min(limit.rlim_max, 65_536) {
      limit.rlim_cur = min(limit.rlim_max, 65_536)
      setrlimit(descriptors, &limit)
    }
    curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    guard let handle = curl_multi_init() else { return nil }
    multi = handle
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else {
      curl_multi_cleanup(handle)
      return nil
    }
  }

  deinit {
    close(epoll)
    curl_multi_cleanup(multi)
  }

  /// Waits until something can go on, at most so many seconds.
  public func wait(_ interests: [Interest], seconds: Double) {
    let milliseconds = Int32(max(0, min(seconds, 3600)) * 1000 + 0.999)
    let all = interests + [Interest(epoll)]
    if opening.isEmpty {
      // libcurl would ask each of its handles first, open ones as well.
      var descriptors = all.map {
        pollfd(fd: $0.descriptor, events: Int16(POLLIN | ($0.write ? POLLOUT : 0)), revents: 0)
      }
      poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    } else {
      var descriptors = all.map {
        curl_waitfd(
          fd: $0.descriptor, events: Int16(CURL_WAIT_POLLIN | ($0.write ? CURL_WAIT_POLLOUT : 0)), revents: 0)
      }
      curl_multi_poll(multi, &descriptors, UInt32(descriptors.count), milliseconds, nil)
    }
    tellConnections()
    drive()
  }

  /// Waits for nothing but the time. What is being opened goes on: its time-out does too.
  public func rest(seconds: Double) {
    poll(nil, 0, Int32(seconds * 1000))
    tellConnections()
    drive()
  }

  /// Marks the connections on whose sockets something has happened. For any beyond the room the next wait ends at once.
  private func tellConnections() {
    let count = Int(epoll_wait(epoll, &events, Int32(events.count), 0))
    for event in events.prefix(max(0, count)) {
      // It is among the watched until it closes, and nothing closes here. Without a pointer it is a command's output.
      guard let pointer = event.data.ptr else { continue }
      Unmanaged<SMTPConnection>.fromOpaque(pointer).takeUnretainedValue().isReady = true
    }
  }

  func open(_ connection: SMTPConnection) {
    opening[connection.easy] = connection
    curl_multi_add_handle(multi, connection.easy)
  }

  /// Waits for a connection that is open, also for when it can be written where it has to be.
  ///
  /// - Returns: false where the system does not let us.
  @discardableResult
  func watch(_ connection: SMTPConnection, isNew: Bool = false) -> Bool {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | (connection.wantsWrite ? EPOLLOUT.rawValue : 0)
    event.data.ptr = Unmanaged.passUnretained(connection).toOpaque()
    return epoll_ctl(epoll, isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, connection.descriptor, &event) == 0
  }

  /// Waits also until something can be read from a descriptor of ours.
  func watch(_ descriptor: Int32) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
  }

  func forget(_ descriptor: Int32) { epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil) }

  /// A connection logs in, or no longer does.
  func note(_ connection: SMTPConnection, isLoggingIn: Bool) {
    loggingIn[ObjectIdentifier(connection)] = isLoggingIn ? connection : nil
  }

  /// Waits for a connection no more. Its descriptor is open still: that of a closed one would be another's by now.
  func forget(_ connection: SMTPConnection) { epoll_ctl(epoll, EPOLL_CTL_DEL, connection.descriptor, nil) }

  /// Takes a connection from libcurl, which closes its side: a CONNECT_ONLY connection goes with its handle.
  func remove(_ connection: SMTPConnection) {
    opening[connection.easy] = nil
    curl_multi_remove_handle(multi, connection.easy)
  }

  /// Goes on with what is being opened.
  func drive() {
    guard !loggingIn.isEmpty || !opening.isEmpty else { return }
    let now = bootTime()
    for connection in Array(loggingIn.values) where connection.isReady || connection.limit <= now {
      connection.goOnLoggingIn()
    }
    driveLibcurl()
    // After libcurl has looked: what it did not hear may have come while this process was frozen.
    for connection in Array(opening.values) where connection.limit <= now { connection.sawNothing() }
  }

  /// libcurl looks at all of its handles for that.
  private func driveLibcurl() {
    guard !opening.isEmpty else { return }
    var running: Int32 = 0
    curl_multi_perform(multi, &running)
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      opening.removeValue(forKey: easy)?.opened(message.pointee.data.result)
    }
  }
}
