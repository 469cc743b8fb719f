import CPostgres

/// A statement's text and parameters, as they are handed to libpq.
struct Request {
  let text: SQLText
  private let values: [SQLValue]

  init<S: Statement>(_ statement: S) {
    text = S.sql
    values = statement.parameters
  }

  private init(_ word: String) {
    text = SQLText(word, Array(word.utf8))
    values = []
  }

  /// Said at every `begin`, whatever the server's default: under `repeatable read` a claim that waited behind the
  /// barrier would still read `running`.
  static let begin = Request("begin isolation level read committed")
  static let commit = Request("commit")
  static let rollback = Request("rollback")

  /// A text with a NUL would be cut short silently: it is refused.
  var nul: DatabaseError? {
    guard values.contains(where: { $0.text?.utf8.contains(0) ?? false }) else { return nil }
    return DatabaseError(.nul, "a text has a NUL in it, which PostgreSQL cannot hold")
  }

  /// Queues the statement in libpq; 1 is success.
  func send(_ handle: OpaquePointer) -> Int32 {
    let types = values.map(\.type.rawValue)
    return text.bytes.withUnsafeBytes { bytes in
      let command = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      return withCStrings(values.map(\.text)) { pointers in
        PQsendQueryParams(handle, command, Int32(values.count), types, pointers, nil, nil, 0)
      }
    }
  }
}

/// Calls `body` with a NULL-terminated array of C strings that lives until it returns; nil stays NULL.
func withCStrings<R>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
  var bytes: [CChar] = []
  var offsets: [Int?] = []
  for string in strings {
    guard let string else {
      offsets.append(nil)
      continue
    }
    offsets.append(bytes.count)
    for byte in string.utf8 { bytes.append(CChar(bitPattern: byte)) }
    bytes.append(0)
  }
  // The pointers point into `bytes`, which is not touched while `body` runs.
  return bytes.withUnsafeBufferPointer { buffer in
    var pointers: [UnsafePointer<CChar>?] = offsets.map { offset in
      guard let offset, let base = buffer.baseAddress else { return nil }
      return base + offset
    }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
