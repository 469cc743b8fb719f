import Glibc
import Logging
import Postgres
import Steps

/// One call of a function: its inputs, its environment, its log and its database.
public final class Call {
  /// Where log lines go: standard error.
  public let log: Logger
  private let manual: Manual
  private let inputs: Inputs

  init(manual: Manual, inputs: Inputs, log: Logger) {
    self.manual = manual
    self.inputs = inputs
    self.log = log
  }

  /// The value of an input.
  public subscript<Value>(argument: Argument<Value>) -> Value {
    get throws(Failure) { try argument.value(inputs.values[argument.declaration.name]) }
  }

  /// An environment variable; empty counts as not set.
  public func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Connects to `DATABASE_URL` and makes sure that the workspace is as this program knows it.
  ///
  /// - Parameter first: statements that only read, and go along in the same transaction: they run before the version is
  ///   known. A transaction of its own would cost a function that has nothing else to ask a twentieth of its time.
  /// - Throws: 78 when the variable or the workspace is missing, or when the database is newer or older than we are.
  public func database(_ first: Batch = Batch()) throws -> Connection {
    let connection = try unpreparedDatabase()
    var batch = Batch()
    let schema = batch.add(LoadSchemaVersion())
    batch.add(first)
    do {
      try connection.perform(batch)
    } catch let error where error.sqlState == .undefinedTable && schema.values.isEmpty {
      throw Failure(.configuration, "the database has no workspace \"\(workspace)\" yet: run migrate")
    } catch {
      // Of another version, it may not even have what the first statements name.
      if !schema.values.isEmpty { try Schema.check(schema.values, of: workspace) }
      throw error
    }
    try Schema.check(schema.values, of: workspace)
    return connection
  }

  /// Connects to `DATABASE_URL`, whatever the workspace is like: for `migrate`.
  public func unpreparedDatabase() throws -> Connection {
    guard let url = environment("DATABASE_URL") else {
      throw Failure(
        .configuration, "DATABASE_URL is not set: the PostgreSQL database, for example postgresql:///campanile")
    }
    return try Connection(url: url, application: "campanile/\(manual.name)", prologue: Prologue(schema: workspace))
  }

  /// The workspace's schema.
  public var workspace: String { environment("CAMPANILE_SCHEMA") ?? "campanile" }

  /// The whole document: a file, or standard input; at most 16 MiB.
  public func document() throws -> [UInt8] {
    let descriptor = try openDocument()
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    return try StandardIO.readAll(descriptor, limit: 16 << 20)
  }

  /// The document in chunks, of any size.
  public func streamDocument(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    let descriptor = try openDocument()
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    try StandardIO.read(descriptor, take)
  }

  /// A file that an option names, in chunks, of any size; `-` is standard input.
  public func stream(_ path: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    let descriptor = path == "-" ? STDIN_FILENO : try openFile(path)
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    try StandardIO.read(descriptor, take)
  }

  private func openDocument() throws(Failure) -> Int32 {
    guard let path = inputs.document else {
      guard isatty(STDIN_FILENO) == 0 else {
        throw Failure(.usage, "FILE is missing: \(manual.document ?? ""); or pass it on standard input")
      }
      return STDIN_FILENO
    }
    return try openFile(path)
  }

  private func openFile(_ path: String) throws(Failure) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw Failure(.noSuchThing, "the file \(path) cannot be read: \(reason)")
    }
    return descriptor
  }
}

extension Schema {
  /// Refuses a workspace that is newer or older than this program.
  fileprivate static func check(_ migrations: [LoadSchemaVersion.Row], of workspace: String) throws(Failure) {
    let version = migrations.map(\.version).max() ?? 0
    if version > Schema.version {
      throw Failure(
        .configuration,
        "the workspace \"\(workspace)\" is newer (\(version)) than this program (\(Schema.version)): update Campanile")
    }
    if version < Schema.version {
      throw Failure(
        .configuration,
        "the workspace \"\(workspace)\" is older (\(version)) than this program (\(Schema.version)): run migrate")
    }
  }
}
