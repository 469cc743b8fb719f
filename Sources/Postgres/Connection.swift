import CPostgres
import Glibc

/// One connection to PostgreSQL, in pipeline mode: statements are sent ahead of the results of the ones before them.
///
/// Everything runs in a transaction that begins with `begin isolation level read committed` and the prologue that
/// was given (DESIGN §4.1). Statements are unnamed and settings local, so that a transaction-pooling pgbouncer does
/// no harm. `transaction` waits for every statement; `submit` sends a whole transaction and answers later, for one
/// event loop that also waits for other sockets.
///
/// Source: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
public final class Connection {
  private let handle: OpaquePointer
  private let prologue: Request
  private var expected: [Expected] = []
  private var nextExpected = 0
  private var hasResult = false
  private var isBroken: DatabaseError?
  /// A commit was answered, and not with a plain yes: nothing more is sent, and once the server has done what it was sent
  /// before, all of that counts as lost. Not earlier: what somebody then gives back must not be claimed after that.
  private var unconfirmed: DatabaseError?
  /// The completions that wait for that.
  private var held: [() -> Void] = []
  /// Called with what the server says beside its answers.
  public var didNotice: ((Notice) -> Void)?
  /// Called before each statement of a `transaction` with its name, and with `commit` before that: a test stops here,
  /// to step two connections against each other through what the product itself does.
  var willRun: ((String) -> Void)?

  /// Connects, with a time-out and keepalives unless the URL has its own.
  ///
  /// - Parameters:
  ///   - url: a connection URI or string, as libpq takes it.
  ///   - application: what the server shows as `application_name`.
  ///   - prologue: the statement that follows every `begin`.
  public init(url: String, application: String, prologue: some Statement) throws(DatabaseError) {
    guard !url.utf8.contains(0) else { throw DatabaseError(.nul, "DATABASE_URL has a NUL in it") }
    // libpq quotes a string that it cannot read in its complaint, password and all: it is judged first, and not shown.
    var complaint: UnsafeMutablePointer<CChar>?
    let parsed = PQconninfoParse(url, &complaint)
    PQconninfoFree(parsed)
    PQfreemem(complaint)
    guard parsed != nil else {
      throw DatabaseError(
        .configuration,
        "DATABASE_URL is not a connection string that libpq understands; it is like postgresql://USER@HOST/DATABASE")
    }
    // What comes before `dbname` are our defaults; what the URL says wins over them (libpq, PQconnectdbParams).
    let settings: KeyValuePairs = [
      "connect_timeout": "10", "keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "10",
      "keepalives_count": "3", "tcp_user_timeout": "60000", "application_name": application, "dbname": url,
      "client_encoding": "UTF8",
    ]
    let opened = withCStrings(settings.map(\.key)) { keywords in
      withCStrings(settings.map(\.value)) { values in PQconnectdbParams(keywords, values, 1) }
    }
    guard let opened else { throw DatabaseError(.connection, "no memory for a connection to the database") }
    guard PQstatus(opened) == CONNECTION_OK else {
      let error = Connection.refusal(String(cString: PQerrorMessage(opened)), url: url)
      PQfinish(opened)
      throw error
    }
    handle = opened
    self.prologue = Request(prologue)
    guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
      throw DatabaseError(.connection, "the connection to the database could not be set up")
    }
    _ = PQsetNoticeReceiver(
      handle,
      { context, result in
        guard let context, let result else { return }
        // Safety: libpq calls this only from calls of ours with the handle, which ends with the connection.
        Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().note(Notice(result))
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { PQfinish(handle) }

  /// The descriptor to wait for; changes only with a new connection.
  public var socket: Int32 { PQsocket(handle) }

  /// Whether results are still to come.
  public var isBusy: Bool { nextExpected < expected.count }

  /// Whether something waits to be written.
  public private(set) var wantsWrite = false

  // MARK: - One transaction, waiting for each statement

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
  ///
  /// - Throws: what `body` throws, or ``DatabaseError``. After a `.connection` error while committing, whether the
  ///   transaction was committed is not known.
  public func transaction<T>(_ body: (borrowing Transaction) throws -> T) throws -> T {
    let opening = Segment()
    enqueue(Request.begin, opening)
    enqueue(prologue, opening)
    let value: T
    do {
      value = try body(Transaction(connection: self, segment: opening))
      if let error = opening.error { throw error }
    } catch {
      rollBack()
      throw error
    }
    let closing = Segment()
    willRun?("commit")
    sync(nil)
    enqueue(Request.commit, closing) { [weak self] (result) throws(DatabaseError) in try self?.confirm(result) }
    sync(nil)
    try wait { !self.isBusy }
    if let error = opening.error ?? closing.error { throw error }
    return value
  }

  private func rollBack() {
    sync(nil)
    enqueue(Request.rollback, Segment())
    sync(nil)
    // If this fails the connection is gone, and the server rolls back by itself.
    try? wait { !self.isBusy }
  }

  fileprivate func run<S: Statement>(_ statement: S, in segment: Segment) throws(DatabaseError) -> [S.Output] {
    let rows = Rows<S>()
    willRun?(S.sql.name)
    enqueue(Request(statement), segment) { (result) throws(DatabaseError) in try rows.take(result) }
    // A Sync and not only a flush: without one the server counts as busy with us, and a client that is frozen here would
    // hold its locks for ever in spite of `idle_in_transaction_session_timeout`. The transaction is an explicit one and
    // goes on across it.
    sync(nil)
    try wait { !self.isBusy }
    if let error = segment.error { throw error }
    return rows.values
  }

  fileprivate func describe(_ text: SQLText) throws(DatabaseError) -> StatementShape {
    let segment = Segment()
    var parameters: [UInt32] = []
    var columns: [(String, UInt32)] = []
    text.bytes.withUnsafeBytes { bytes in
      _ = PQsendPrepare(handle, "", bytes.baseAddress?.assumingMemoryBound(to: CChar.self), 0, nil)
    }
    expect(.statement(text.name, segment, { (_) throws(DatabaseError) in }))
    _ = PQsendDescribePrepared(handle, "")
    expect(
      .statement(
        text.name, segment,
        { (result) throws(DatabaseError) in
          parameters = (0..<PQnparams(result.pointer)).map { PQparamtype(result.pointer, $0) }
          columns = (0..<PQnfields(result.pointer)).map {
            (String(cString: PQfname(result.pointer, $0)), PQftype(result.pointer, $0))
          }
        }))
    sync(nil)
    try wait { !self.isBusy }
    if let error = segment.error { throw error }
    return StatementShape(parameters: parameters, columns: columns)
  }

  /// COPY and scripts cannot run in pipeline mode; an explicit transaction goes on across the change of modes.
  private func outsidePipelineMode(_ segment: Segment, _ body: () throws -> Void) throws {
    sync(nil)
    try wait { !self.isBusy }
    if let error = segment.error { throw error }
    guard PQexitPipelineMode(handle) == 1, PQsetnonblocking(handle, 0) == 0 else { throw broken() }
    defer {
      PQsetnonblocking(handle, 1)
      PQenterPipelineMode(handle)
    }
    try body()
  }

  private func execute(_ text: SQLText) throws(DatabaseError) -> ResultSet {
    let result = text.bytes.withUnsafeBytes { bytes in
      PQexec(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
    }
    guard let result else { throw broken() }
    return ResultSet(result)
  }

  fileprivate func script(_ text: SQLText, in segment: Segment) throws {
    try outsidePipelineMode(segment) {
      let answer = try execute(text)
      guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(answer.status) else { throw error(answer, in: text.name) }
    }
  }

  fileprivate func copy(
    _ text: SQLText, in segment: Segment, _ produce: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    try outsidePipelineMode(segment) {
      let answer = try execute(text)
      guard answer.status == PGRES_COPY_IN else { throw error(answer, in: text.name) }
      do {
        try produce { bytes throws in
          guard let base = bytes.baseAddress, bytes.count > 0 else { return }
          let sent = PQputCopyData(handle, base.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
          guard sent == 1 else { throw broken() }
        }
      } catch {
        PQputCopyEnd(handle, "given up")
        while let rest = PQgetResult(handle) { PQclear(rest) }
        throw error
      }
      guard PQputCopyEnd(handle, nil) == 1 else { throw broken() }
      var refusal: DatabaseError?
      while let result = PQgetResult(handle).map(ResultSet.init) {
        if result.status != PGRES_COMMAND_OK { refusal = error(result, in: text.name) }
      }
      if let refusal { throw refusal }
    }
  }

  // MARK: - A whole transaction at once, answered later

  /// Sends a whole transaction; `completion` is called from ``advance()`` once its `commit` was answered.
  ///
  /// A `.connection` error means that whether it was committed is not known.
  public func submit(_ batch: Batch, completion: @escaping (Result<Void, DatabaseError>) -> Void) {
    if let isBroken { return completion(.failure(isBroken)) }
    if let unconfirmed { return held.append { completion(.failure(unconfirmed)) } }
    // Judged before anything is sent: the statements around it must not be committed without it.
    if let nul = batch.requests.lazy.compactMap(\.0.nul).first { return completion(.failure(nul)) }
    let segment = Segment()
    enqueue(Request.begin, segment)
    enqueue(prologue, segment)
    for (request, take) in batch.requests { enqueue(request, segment, take) }
    // The commit stands behind a Sync of its own: after an error it still runs, and then it rolls back, so that the
    // transactions queued behind this one find a clean session.
    sync(nil)
    enqueue(Request.commit, segment) { [weak self] (result) throws(DatabaseError) in try self?.confirm(result) }
    sync {
      if let error = segment.error { completion(.failure(error)) } else { completion(.success(())) }
    }
    flush()
  }

  /// Runs a whole transaction in one round trip.
  ///
  /// - Parameter patience: seconds; nil is for ever. When they have passed the transaction may still be committed.
  /// - Throws: like ``transaction(_:)``.
  public func perform(_ batch: Batch, patience: Double? = nil) throws(DatabaseError) {
    var answer: Result<Void, DatabaseError>?
    submit(batch) { answer = $0 }
    try wait(patience: patience) { answer != nil }
    try answer?.get()
  }

  /// Takes what has arrived, and calls the completions of the transactions that ended; never blocks.
  public func advance() {
    guard isBroken == nil else { return }
    flush()
    if PQconsumeInput(handle) == 0 { return lose() }
    while isBusy && PQisBusy(handle) == 0 {
      let result = PQgetResult(handle).map(ResultSet.init)
      if PQstatus(handle) == CONNECTION_BAD { return lose() }
      switch (expected[nextExpected], result) {
      case (.sync(let completion), let result?) where result.status == PGRES_PIPELINE_SYNC:
        pop()
        if unconfirmed == nil { completion?() } else if let completion { held.append(completion) }
      case (.statement, nil):
        // The NULL between two statements.
        if !hasResult { return lose() }
        pop()
      case (.statement(let name, let segment, let take), let result?):
        hasResult = true
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
          guard segment.error == nil else { break }
          do throws(DatabaseError) {
            if let unconfirmed { throw unconfirmed }
            try take(result)
          } catch {
            segment.error = error
          }
        case PGRES_PIPELINE_ABORTED:
          break
        default:
          if segment.error == nil { segment.error = error(result, in: name) }
        }
      case (.sync, _):
        return lose()
      }
    }
    if let unconfirmed, !isBusy { lose(unconfirmed) }
  }

  /// What the server says beside its answers. A warning to a commit is no plain yes: "canceling wait for synchronous
  /// replication", say, and then a failover may undo it. Whichever warning it is: their texts are translated, and most have
  /// the same SQLSTATE.
  private func note(_ notice: Notice) {
    if notice.isWarning, isBusy, case .statement(Request.commit.text.name, let segment, _) = expected[nextExpected] {
      segment.error = segment.error ?? unconfirm(notice.sentence)
    }
    didNotice?(notice)
  }

  /// A commit whose answer says something else has not been one.
  private func confirm(_ result: ResultSet) throws(DatabaseError) {
    let answer = String(cString: PQcmdStatus(result.pointer))
    guard answer == "COMMIT" else { throw unconfirm(answer) }
  }

  private func unconfirm(_ answer: String) -> DatabaseError {
    let error = DatabaseError(
      .connection, "the database answered a commit with \"\(answer)\": whether it holds is not known")
    unconfirmed = error
    return error
  }

  /// Gives the connection up: everything that was sent and not answered ends as if it had been lost.
  public func abandon() { lose() }

  /// Waits until `isDone`, taking what arrives.
  ///
  /// - Parameter patience: seconds; nil is for ever (keepalives and TCP time-outs still hold).
  public func wait(patience: Double? = nil, until isDone: () -> Bool) throws(DatabaseError) {
    let start = monotonicSeconds()
    while true {
      advance()
      if isDone() { return }
      if let isBroken { throw isBroken }
      var timeout: Int32 = -1
      if let patience {
        let left = patience - (monotonicSeconds() - start)
        guard left > 0 else { throw DatabaseError(.connection, "the database did not answer in \(patience) seconds") }
        timeout = Int32(left * 1000) + 1
      }
      var descriptor = pollfd(fd: socket, events: Int16(POLLIN | (wantsWrite ? POLLOUT : 0)), revents: 0)
      _ = poll(&descriptor, 1, timeout)
    }
  }

  // MARK: - The queue of expected results

  private enum Expected {
    case statement(String, Segment, (ResultSet) throws(DatabaseError) -> Void)
    case sync((() -> Void)?)
  }

  private func enqueue(
    _ request: Request, _ segment: Segment,
    _ take: @escaping (ResultSet) throws(DatabaseError) -> Void = { (_) throws(DatabaseError) in }
  ) {
    if let error = isBroken ?? request.nul {
      segment.error = segment.error ?? error
      return
    }
    if request.send(handle) != 1 {
      lose()
      segment.error = segment.error ?? isBroken
      return
    }
    expect(.statement(request.text.name, segment, take))
  }

  private func sync(_ completion: (() -> Void)?) {
    if isBroken == nil && PQpipelineSync(handle) != 1 { lose() }
    if isBroken != nil { completion?() } else { expect(.sync(completion)) }
  }

  private func expect(_ one: Expected) {
    // Also of a connection that is never done: what was answered would pile up, with its rows.
    if nextExpected == expected.count || nextExpected >= 100 {
      expected.removeFirst(nextExpected)
      nextExpected = 0
    }
    expected.append(one)
  }

  private func pop() {
    nextExpected += 1
    hasResult = false
  }

  private func flush() { wantsWrite = PQflush(handle) == 1 }

  /// The connection is gone, or given up: everything that was expected ends with that.
  private func lose(_ reason: DatabaseError? = nil) {
    let error = isBroken ?? reason ?? broken()
    isBroken = error
    let completions = held
    held = []
    for completion in completions { completion() }
    while isBusy {
      let one = expected[nextExpected]
      pop()
      switch one {
      // Whatever the server said last (that it shuts down, say): whether the transaction was committed is not known.
      case .statement(_, let segment, _): segment.error = error
      case .sync(let completion): completion?()
      }
    }
  }

  private func broken() -> DatabaseError {
    DatabaseError(
      .connection, "the connection to the database was lost", detail: String(cString: PQerrorMessage(handle)))
  }

  private func error(_ result: ResultSet, in statement: String) -> DatabaseError {
    result.error(in: statement, role: PQuser(handle).map { String(cString: $0) } ?? "")
  }
}

/// What statements of one transaction share: the first error.
final class Segment {
  var error: DatabaseError?
}

/// The rows of a statement, once they are there.
public final class Rows<S: Statement> {
  /// The rows; empty until the statement was answered.
  public private(set) var values: [S.Output] = []

  func take(_ result: ResultSet) throws(DatabaseError) { values = try result.rows(of: S.self) }
}

/// A transaction that is sent whole.
public struct Batch {
  var requests: [(Request, (ResultSet) throws(DatabaseError) -> Void)] = []

  /// An empty transaction.
  public init() {}

  /// Adds a statement; its rows are valid once the transaction was committed.
  @discardableResult
  public mutating func add<S: Statement>(_ statement: S) -> Rows<S> {
    let rows = Rows<S>()
    requests.append((Request(statement), { (result) throws(DatabaseError) in try rows.take(result) }))
    return rows
  }

  /// Adds the statements of another.
  public mutating func add(_ other: Batch) { requests += other.requests }
}

/// What the server finds in a statement, as OIDs of types.
public struct StatementShape: Sendable {
  /// The types of `$1`, `$2`, ….
  public let parameters: [UInt32]
  /// The names and types of what comes back.
  public let columns: [(String, UInt32)]
}

/// An open transaction.
public struct Transaction: ~Copyable {
  fileprivate let connection: Connection
  fileprivate let segment: Segment

  fileprivate init(connection: Connection, segment: Segment) {
    self.connection = connection
    self.segment = segment
  }

  /// Runs a statement and waits for its rows.
  @discardableResult
  public func run<S: Statement>(_ statement: S) throws(DatabaseError) -> [S.Output] {
    try connection.run(statement, in: segment)
  }

  /// Runs a statement that returns exactly one row.
  public func one<S: Statement>(_ statement: S) throws(DatabaseError) -> S.Output {
    let rows = try run(statement)
    guard rows.count == 1, let row = rows.first else {
      throw DatabaseError(.shape, "the statement \(S.sql.name) returned \(rows.count) rows instead of one")
    }
    return row
  }

  /// Runs an embedded script of several statements, without parameters: a migration.
  public func script(_ text: SQLText) throws { try connection.script(text, in: segment) }

  /// Streams bytes into `COPY … FROM STDIN`: `produce` is handed a function that takes them chunk by chunk.
  public func copy(
    _ text: SQLText, _ produce: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    try connection.copy(text, in: segment, produce)
  }

  /// The parameter types and the columns that the server finds in a statement, as OIDs.
  public func describe(_ text: SQLText) throws(DatabaseError) -> StatementShape { try connection.describe(text) }
}

/// Seconds of a clock that only goes forward.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
