import Campaign
import Function
import Glibc
import Steps

/// The file of rejects: written under a temporary name beside its own, and renamed when it is complete.
///
/// Never through a symbolic link into another file: in a folder where others may write it would be one of ours.
final class RejectsFile {
  private let path: String
  /// Nil for what is no regular file, such as a pipe or /dev/null: renaming would replace it.
  private var temporaryPath: String?
  private let descriptor: Int32

  /// Makes the file with its header; only its owner may read it, because reasons quote addresses. A regular file that is
  /// there already is replaced in the end, as by any other program that is told where to write.
  ///
  /// - Throws: 65 when it cannot be made.
  init(_ path: String) throws(Failure) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      // A pipe or a device, which is written to and not replaced: a link that leads there (/dev/stderr is one) does no harm.
      descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      guard !isRegular else { throw Self.throughLink(path) }
    } else if lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK {
      throw Self.throughLink(path)
    } else {
      let temporary = "\(path).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).part"
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      temporaryPath = descriptor < 0 ? nil : temporary
    }
    guard descriptor >= 0 else { throw Self.failure(path) }
    try write(CSV.row(["line", "reason"]))
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let temporaryPath { unlink(temporaryPath) }
  }

  /// Writes some rejects.
  func write(_ rejects: [ListImportRejects.Row]) throws(Failure) {
    try write(rejects.flatMap { CSV.row([String($0.line), $0.reason]) })
  }

  /// Gives the file its name; what had it before is gone.
  func finish() throws(Failure) {
    guard let temporaryPath else { return }
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else { throw Self.failure(path) }
    self.temporaryPath = nil
  }

  private func write(_ bytes: [UInt8]) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // The slice's storage lives through the call.
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(path) }
      rest = rest.dropFirst(count)
    }
  }

  private static func throughLink(_ path: String) -> Failure {
    Failure(.data, "the file \(path) cannot be written: it is a symbolic link; name the file that it leads to")
  }

  private static func failure(_ path: String) -> Failure {
    Failure(.data, "the file \(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}
