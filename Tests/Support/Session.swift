import Foundation
import Testing

/// A psql that a test leads statement by statement, without a task of its own.
public final class Session {
  private let process: Running
  private let input: FileHandle
  private let output: FileHandle

  /// A session in a schema; `begin` is the test's to say.
  public init(url: String, schema: String) throws {
    let (toPsql, fromPsql) = (try Session.pipe(), try Session.pipe())
    defer {
      close(toPsql.read)
      close(fromPsql.write)
    }
    input = FileHandle(fileDescriptor: toPsql.write, closeOnDealloc: true)
    output = FileHandle(fileDescriptor: fromPsql.read, closeOnDealloc: true)
    process = try Running(
      URL(fileURLWithPath: "/usr/bin/psql"), ["-XAtq", "-v", "ON_ERROR_STOP=1", url],
      environment: ["PGOPTIONS": "-c search_path=\(schema)", "PATH": "/usr/bin:/bin"], input: nil,
      pipes: (toPsql.read, fromPsql.write))
  }

  deinit { end() }

  /// Not for other programs that are started meanwhile.
  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard Foundation.pipe(&ends) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Says something, and does not wait until it is done.
  public func send(_ sql: String) { input.write(Data((sql + "\n").utf8)) }

  /// Says something, waits until all that was said is done, and answers its rows.
  @discardableResult
  public func ask(_ sql: String) throws -> [String] {
    send(sql + "\n\\echo -- done")
    var (lines, line) = ([String](), [UInt8]())
    while let byte = try output.read(upToCount: 1)?.first {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      if text == "-- done" { return lines }
      lines.append(text)
      line = []
    }
    throw Ended()
  }

  /// psql has ended: a statement failed.
  public struct Ended: Error {}

  /// How many sessions wait for this one.
  public func blocked() throws -> Int {
    // Not by pg_stat_activity: a transaction sees that as it was when it looked for the first time.
    let waiting = """
      select count(distinct pid) from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid));
      """
    return try ask(waiting).first.flatMap { Int($0) } ?? 0
  }

  /// Waits until so many do.
  public func wait(untilBlocked count: Int) throws {
    for _ in 0..<100_000 where try blocked() == count { return }
    Issue.record("nobody waits for the lock")
  }

  /// Ends the session; what was not committed is undone.
  public func end() {
    // Said, because a program that was started at that very moment may hold the pipe open.
    try? input.write(contentsOf: Data("\\q\n".utf8))
    try? input.close()
    process.block()
  }
}

extension Workspace {
  /// A session in this workspace that is led by hand.
  public func session() throws -> Session { try Session(url: databaseURL(), schema: schema) }
}
