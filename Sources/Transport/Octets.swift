import CCurl
import Glibc

/// What an open connection reads and writes.
extension SMTPConnection {
  /// How many octets are read at once, at most.
  static let most = 4096

  /// What can be read now: nil is nothing yet, empty is the end.
  func readable() -> [UInt8]? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SMTPConnection.most) { buffer in
      switch read(UnsafeMutableRawBufferPointer(buffer)) {
      // At most the capacity, and so many are initialized.
      case .count(let count): Array(UnsafeBufferPointer(rebasing: buffer[..<count]))
      case .notNow: nil
      case .broken: []
      }
    }
  }

  enum Moved {
    case count(Int)
    case notNow
    case broken
  }

  /// libcurl looks for its connection among all that it has open, one by one, for each of these calls: with 256 of them
  /// that was a fifth of a tick's time.
  func write(_ bytes: UnsafeRawBufferPointer) -> Moved {
    if isPlain { return moved(send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))) }
    var count = 0
    return moved(curl_easy_send(easy, bytes.baseAddress, bytes.count, &count), count)
  }

  func read(_ buffer: UnsafeMutableRawBufferPointer) -> Moved {
    if isPlain { return moved(recv(descriptor, buffer.baseAddress, buffer.count, 0)) }
    var count = 0
    return moved(curl_easy_recv(easy, buffer.baseAddress, buffer.count, &count), count)
  }

  func moved(_ result: CURLcode, _ count: Int) -> Moved {
    switch result {
    case CURLE_OK: .count(count)
    case CURLE_AGAIN: .notNow
    default: .broken
    }
  }

  func moved(_ result: Int) -> Moved {
    if result >= 0 { return .count(result) }
    return errno == EAGAIN || errno == EINTR ? .notNow : .broken
  }
}
