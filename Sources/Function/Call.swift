import Glibc
import Logging
import Postgres
import Steps

/// One call of a function: its inputs, its environment, its log and its database.
///
/// When there is one every input, and the name of the workspace, has been judged: neither can be found wrong after
/// something was done.
public final class Call {
  /// Where log lines go: standard error.
  public private(set) var log: Logger
  /// The workspace's schema.
  public let workspace: String
  private let manual: Manual
  private let values: [String: any Sendable]
  private let documentPath: String?

  init(manual: Manual, inputs: Inputs, log: Logger) throws {
    self.manual = manual
    self.log = log
    values = try inputs.judged(manual)
    workspace = try SchemaName.read(getenv("CAMPANILE_SCHEMA").map { String(cString: $0) })
    documentPath = inputs.document
  }

  /// The value of an input.
  public subscript<Value>(argument: Argument<Value>) -> Value {
    if let parsed = values[argument.declaration.name] as? Parsed<Value> { return parsed.value }
    // A test reads all functions for this.
    log.critical("a bug of Campanile: the input \(argument.declaration.name) is read and not declared")
    exit(Exit.bug.rawValue)
  }

  /// Leaves out log lines below `warning`.
  public func keepQuiet() { log.logLevel = max(log.logLevel, .warning) }

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
      throw try missingWorkspace(connection)
    } catch {
      // Of another version, it may not even have what the first statements name.
      if !schema.values.isEmpty { try Schema.check(schema.values, of: workspace) }
      throw error
    }
    try Schema.check(schema.values, of: workspace)
    return connection
  }

  /// Tables that cannot be seen are not there, or we may not look for them.
  private func missingWorkspace(_ connection: Connection) throws -> Failure {
    var batch = Batch()
    let rights = batch.add(LoadRights())
    try connection.perform(batch)
    guard let rights = rights.values.first, rights.isThere, !rights.mayUse else {
      return Failure(.configuration, "the database has no workspace \"\(workspace)\" yet: run migrate")
    }
    return Failure(
      .notAllowed,
      "the database role \(rights.role) may not use the schema \(rights.schema): grant usage on schema "
        + "\(rights.schema) to \(rights.role), and what it needs of the tables in it")
  }

  /// Connects to `DATABASE_URL`, whatever the workspace is like: for `migrate`.
  public func unpreparedDatabase() throws -> Connection {
    guard let url = environment("DATABASE_URL") else {
      throw Failure(
        .configuration, "DATABASE_URL is not set: the PostgreSQL database, for example postgresql:///campanile")
    }
    let connection = try Connection(
      url: url, application: "campanile/\(manual.name)", prologue: Prologue(schema: workspace))
    connection.didNotice = { [log] notice in
      log.log(level: notice.isWarning ? .warning : .debug, "the database says: \(notice.sentence)")
    }
    return connection
  }

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
    guard let path = documentPath else {
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
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw Failure(.data, "the file \(path) cannot be read: it is a directory")
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
