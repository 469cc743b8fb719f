import CCurl
import Glibc

/// The one place where a tick waits: libcurl's transfers, the connections that we drive ourselves, and whatever else
/// the caller waits for (the database, a signal).
public final class TransportLoop {
  /// Something to wait for.
  public struct Interest {
    /// The descriptor.
    public let descriptor: Int32
    /// Whether to wake when it can be read.
    public let read: Bool
    /// Whether to wake when it can be written.
    public let write: Bool
    /// The connection that is told when it can go on.
    let connection: SMTPConnection?

    /// Waits for a descriptor.
    public init(_ descriptor: Int32, read: Bool = true, write: Bool = false) {
      self.descriptor = descriptor
      self.read = read
      self.write = write
      connection = nil
    }

    init(_ connection: SMTPConnection) {
      descriptor = connection.descriptor
      read = true
      write = connection.wantsWrite
      self.connection = connection
    }
  }

  let multi: UnsafeMutableRawPointer
  private var opening: [UnsafeMutableRawPointer: SMTPConnection] = [:]

  /// Makes libcurl's multi handle.
  public init?() {
    curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    guard let handle = curl_multi_init() else { return nil }
    multi = handle
  }

  deinit { curl_multi_cleanup(multi) }

  /// Waits until something can go on, at most so many seconds.
  public func wait(_ interests: [Interest], seconds: Double) {
    var descriptors = interests.map { interest in
      curl_waitfd(
        fd: interest.descriptor,
        events: Int16((interest.read ? CURL_WAIT_POLLIN : 0) | (interest.write ? CURL_WAIT_POLLOUT : 0)), revents: 0)
    }
    let milliseconds = Int32(max(0, min(seconds, 3600)) * 1000 + 0.999)
    curl_multi_poll(multi, &descriptors, UInt32(descriptors.count), milliseconds, nil)
    for (interest, descriptor) in zip(interests, descriptors) where descriptor.revents != 0 {
      interest.connection?.isReady = true
    }
    drive()
  }

  func open(_ connection: SMTPConnection) {
    opening[connection.easy] = connection
    curl_multi_add_handle(multi, connection.easy)
    drive()
  }

  /// Takes a connection out, which closes it: libcurl closes a CONNECT_ONLY connection with its handle.
  func remove(_ connection: SMTPConnection) {
    opening[connection.easy] = nil
    curl_multi_remove_handle(multi, connection.easy)
  }

  /// Lets libcurl go on with what is being opened.
  private func drive() {
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
