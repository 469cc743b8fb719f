import Glibc

/// Standard input and output, byte for byte. Only this module touches them.
public enum StandardIO {
  /// Opens /dev/null for each of the three that our caller has closed: whoever closes one wants nothing of it.
  static func openWhatIsClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      // The lowest that is free, which is this one. One for each: what is said to one must not be read from another.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Reads a descriptor to its end; more than `limit` bytes are refused.
  static func readAll(_ descriptor: Int32, limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try read(descriptor) { chunk in
      guard bytes.count + chunk.count <= limit else {
        throw Failure(.data, "the document is longer than \(limit >> 20) MiB")
      }
      bytes.append(contentsOf: chunk)
    }
    return bytes
  }

  /// Hands the bytes of a descriptor on in chunks until its end.
  static func read(_ descriptor: Int32, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      // `buffer` is as long as what the kernel is told, and lives through the call.
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Failure(.data, "the input cannot be read: \(String(cString: strerror(errno)))") }
      guard count > 0 else { return }
      try buffer.withUnsafeBytes { bytes in try take(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
    }
  }

  /// Writes everything, or says that it could not.
  public static func write(_ bytes: [UInt8], to descriptor: Int32 = STDOUT_FILENO) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // The slice's storage lives through the call.
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw Failure(.tryAgain, "the result could not be written: \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(count)
    }
  }
}
