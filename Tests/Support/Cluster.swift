import Foundation
import Testing

/// A PostgreSQL for one test alone, which that test may stop and start.
///
/// What a crash may lose by the server's own settings it is told to lose (`synchronous_commit = off`, a lazy WAL writer):
/// what survives does so because the product asks for it.
public final class Cluster {
  /// How it is stopped: `fast` ends every transaction and then in order; `immediate` is a crash of the server.
  public enum Stop: String, Sendable, CaseIterable { case fast, immediate }

  /// The URL of an empty database in it.
  public let url: String
  private let folder: URL
  private let programs: URL
  private var server: Running?

  /// A cluster that runs.
  public init() async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("pg-" + UUID().uuidString.prefix(8))
    url = Cluster.url(of: "campanile", in: folder)
    let all = URL(fileURLWithPath: "/usr/lib/postgresql")
    let versions = try FileManager.default.contentsOfDirectory(atPath: all.path)
    let newest = try #require(versions.max { $0.compare($1, options: .numeric) == .orderedAscending })
    programs = all.appendingPathComponent(newest).appendingPathComponent("bin")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    if geteuid() == 0 {
      // PostgreSQL refuses to run as root.
      try await complete(URL(fileURLWithPath: "/bin/chown"), ["postgres:", folder.path])
    }
    try await complete(
      "initdb",
      [
        "--pgdata=\(folder.path)/data", "--username=campanile", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
        "--no-instructions", "--no-sync",
      ])
    try await start()
    try await complete("createdb", ["--host=\(folder.path)", "--username=campanile", "campanile"])
  }

  deinit {
    server?.signal(SIGQUIT)
    server?.block()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Starts it, and waits until it takes connections.
  public func start() async throws {
    let server = try run(
      "postgres",
      [
        "-D", "\(folder.path)/data", "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder.path)",
        "-c", "synchronous_commit=off", "-c", "wal_writer_delay=10s",
        // The machine does not crash, only the server: what it has written is there.
        "-c", "fsync=off",
      ])
    self.server = server
    while try await run("pg_isready", ["--quiet", "--host=\(folder.path)"]).wait().exit != 0 {
      try #require(!server.hasEnded, "PostgreSQL did not start: \(server.result().errors)")
    }
  }

  /// Stops it, and waits until it has ended.
  public func stop(_ how: Stop) async throws {
    let server = try #require(server)
    server.signal(how == .immediate ? SIGQUIT : SIGINT)
    _ = await server.wait()
    self.server = nil
  }

  /// What the server has logged since it was started, from so many bytes on.
  public func log(from offset: Int) throws -> Data { try server?.errors(from: offset) ?? Data() }

  /// How long its log is, in bytes.
  public func logLength() throws -> Int { try server?.errorsLength() ?? 0 }

  /// The URL of another database in it.
  public func url(of database: String) -> String { Cluster.url(of: database, in: folder) }

  private static func url(of database: String, in folder: URL) -> String {
    "postgresql:///\(database)?host=\(folder.path)&user=campanile"
  }

  private func complete(_ program: String, _ arguments: [String]) async throws {
    let ran = try await run(program, arguments).wait()
    try #require(ran.exit == 0, "\(program): \(ran.errors)")
  }

  private func complete(_ program: URL, _ arguments: [String]) async throws {
    let ran = try await Running(program, arguments, environment: [:], input: nil).wait()
    try #require(ran.exit == 0, "\(program): \(ran.errors)")
  }

  /// Starts a program of PostgreSQL, as the user who may run it.
  private func run(_ program: String, _ arguments: [String]) throws -> Running {
    let path = programs.appendingPathComponent(program)
    // TMPDIR is by what infra/test knows whom it has to end, should we be killed.
    let environment = ["LC_ALL": "C.UTF-8", "TMPDIR": FileManager.default.temporaryDirectory.path]
    guard geteuid() == 0 else { return try Running(path, arguments, environment: environment, input: nil) }
    return try Running(
      URL(fileURLWithPath: "/usr/bin/setpriv"),
      ["--reuid=postgres", "--regid=postgres", "--init-groups", "--", path.path] + arguments, environment: environment,
      input: nil)
  }
}
