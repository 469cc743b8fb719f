import Foundation
import Testing

/// What the tests need of the machine: a PostgreSQL database, which `infra/test` makes, and the built programs.
public enum Machine {
  /// The URL of a throw-away database; `infra/test` sets it.
  public static let databaseURL = ProcessInfo.processInfo.environment["DATABASE_URL"]
  /// The folder with the built programs: the one of the test bundle.
  public static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent()
  /// The root of the package.
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// The contracts beside the project, where they are there.
  public static let contracts = root.appendingPathComponent("../shared/contracts").standardized
}

/// What a program did.
public struct Ran: Sendable {
  /// Its exit code; negative is the signal that ended it.
  public let exit: Int32
  /// Its standard output.
  public let output: String
  /// Its standard error.
  public let errors: String

  /// The output as a JSON object.
  public var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
  }
}

/// A program that was started and not waited for.
///
/// Its output goes to files and its end is a callback: a test that waits must not hold one of the few threads that all
/// tests share.
public final class Running: Sendable {
  private let process = Process()
  private let folder: URL
  private let ended: AsyncStream<Void>

  /// Starts a program with an environment and nothing else.
  public init(_ program: URL, _ arguments: [String], environment: [String: String], input: Data?) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("ran-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    self.ended = ended
    func file(_ name: String) throws -> FileHandle {
      let url = folder.appendingPathComponent(name)
      try (name == "in" ? input ?? Data() : Data()).write(to: url)
      return try name == "in" ? FileHandle(forReadingFrom: url) : FileHandle(forWritingTo: url)
    }
    process.executableURL = program
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = try file("out")
    process.standardError = try file("err")
    process.standardInput = input == nil ? FileHandle.nullDevice : try file("in")
    process.terminationHandler = { _ in end.finish() }
    try process.run()
  }

  /// Sends a signal.
  public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end; once.
  public func wait() async -> Ran {
    for await _ in ended {}
    func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }
    let exit = process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    defer { try? FileManager.default.removeItem(at: folder) }
    return Ran(exit: exit, output: text("out"), errors: text("err"))
  }
}

/// A workspace of its own for one test: a schema in the shared database, made by the product's own `migrate`.
public final class Workspace: Sendable {
  /// The schema's name.
  public let schema: String
  private let url: String

  /// An empty, migrated workspace.
  public init() async throws {
    url = try #require(Machine.databaseURL, "DATABASE_URL is not set: run infra/test")
    schema = "t_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
    let ran = try await run("migrate")
    try #require(ran.exit == 0, "\(ran.errors)")
  }

  /// The URL, with the clock moved by an interval such as `1 day`.
  public func databaseURL(offset: String? = nil) -> String {
    guard let offset else { return url }
    let options = "options=-c%20campanile.clock_offset%3D" + offset.replacingOccurrences(of: " ", with: "%5C%20")
    return url + (url.contains("?") ? "&" : "?") + options
  }

  /// The environment that a program gets.
  public func environment(offset: String? = nil, _ more: [String: String] = [:]) -> [String: String] {
    var environment = [
      "DATABASE_URL": databaseURL(offset: offset), "CAMPANILE_SCHEMA": schema, "PATH": "/usr/bin:/bin",
    ]
    environment.merge(more) { _, new in new }
    return environment
  }

  /// Starts a program of the product.
  public func start(
    _ program: String, _ arguments: [String] = [], input: String? = nil, offset: String? = nil,
    environment more: [String: String] = [:]
  ) throws -> Running {
    try Running(
      Machine.programs.appendingPathComponent(program), arguments, environment: environment(offset: offset, more),
      input: input.map { Data($0.utf8) })
  }

  /// Runs a program of the product to its end.
  @discardableResult
  public func run(
    _ program: String, _ arguments: [String] = [], input: String? = nil, offset: String? = nil,
    environment more: [String: String] = [:]
  ) async throws -> Ran {
    try await start(program, arguments, input: input, offset: offset, environment: more).wait()
  }

  /// Runs SQL in the workspace, and answers its rows, columns separated by `|`.
  @discardableResult
  public func sql(_ text: String, offset: String? = nil) async throws -> [String] {
    let ran = try await Running(
      URL(fileURLWithPath: "/usr/bin/psql"), ["-XAtq", "-v", "ON_ERROR_STOP=1", databaseURL(offset: offset)],
      environment: ["PGOPTIONS": "-c search_path=\(schema)", "PATH": "/usr/bin:/bin"],
      input: Data("set search_path = \(schema);\n\(text)".utf8)
    ).wait()
    try #require(ran.exit == 0, "\(ran.errors)")
    return ran.output.split(separator: "\n").map(String.init)
  }

  /// A campaign over so many leads, put straight into the tables: for tests of what comes after `apply`.
  ///
  /// - Parameter steps: the days after the step before, one for each step.
  public func seed(
    _ name: String = "spring", port: Int, leads: Int, steps: [Int] = [0], connections: Int = 4, lease: Double = 4,
    timeout: Double = 2, retryTimes: Int = 3, onUnknown: String = "hold", url: String? = nil
  ) async throws {
    let days = steps.enumerated().map { "(\($0.offset + 1), \($0.element))" }.joined(separator: ", ")
    try await sql(
      """
      insert into senders (name, channel, from_mailbox, url, connections, lease, timeout)
      values ('\(name)-mail', 'email', 'Ada <ada@acme.test>', '\(url ?? "smtp://127.0.0.1:\(port)")', \(connections),
              '\(lease) s', '\(timeout) s');
      insert into email_templates (name, channel, subject, text)
      values ('\(name)-hello', 'email', 'Hi {{first_name}}', 'Hello {{first_name}}');
      insert into lead_batches (name) values ('\(name)-leads');
      with l as (
        insert into leads (email, first_name) select '\(name)-' || n || '@x.test', 'Zoë ' || n
        from generate_series(1, \(leads)) n returning id)
      insert into batch_leads (batch_id, lead_id)
      select b.id, l.id from l, lead_batches b where b.name = '\(name)-leads';
      insert into workflows (name) values ('\(name)-flow');
      insert into workflow_steps (workflow_id, step_number, template_id, days_after_previous)
      select w.id, s.n, t.id, s.days from (values \(days)) s (n, days), workflows w, email_templates t
      where w.name = '\(name)-flow' and t.name = '\(name)-hello';
      insert into campaigns (name, campaign_type, use_workflow, workflow_id, sender_ids, batch_ids, retry_times, on_unknown)
      select '\(name)', 'outreach', true, w.id, array[s.id], array[b.id], \(retryTimes), '\(onUnknown)'
      from workflows w, senders s, lead_batches b
      where w.name = '\(name)-flow' and s.name = '\(name)-mail' and b.name = '\(name)-leads';
      """)
  }

  /// How many messages are in each state, for example `["sent": 3]`.
  public func states(of campaign: String = "spring") async throws -> [String: Int] {
    let rows = try await sql(
      """
      select m.status, count(*) from messages m join campaigns c on c.id = m.campaign_id
      where c.name = '\(campaign)' group by 1
      """)
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let parts = row.split(separator: "|")
        return (String(parts[0]), Int(parts[1]) ?? -1)
      })
  }

  /// Where the counters differ from what a count of the ledger says; empty when they are exact.
  public func wrongCounters() async throws -> [String] {
    try await sql(
      """
      select 'step', s.step_number, s.total, s.sent, s.failed, s.skipped, s.cancelled, s.unknown, n.*
      from campaign_steps s
      cross join lateral (
        select count(*) as total, count(*) filter (where m.status = 'sent') as sent,
               count(*) filter (where m.status = 'failed') as failed,
               count(*) filter (where m.status = 'skipped') as skipped,
               count(*) filter (where m.status = 'cancelled') as cancelled,
               count(*) filter (where m.status = 'unknown') as unknown
        from messages m where m.campaign_id = s.campaign_id and m.step_number = s.step_number) n
      where (s.total, s.sent, s.failed, s.skipped, s.cancelled, s.unknown)
         is distinct from (n.total, n.sent, n.failed, n.skipped, n.cancelled, n.unknown);
      select 'campaign', c.name, c.open_count, c.emails_sent_count, c.emails_failed_count, c.status, n.*
      from campaigns c
      cross join lateral (
        select count(*) filter (where m.status in ('pending', 'sending')) as open,
               count(*) filter (where m.status = 'sent') as sent, count(*) filter (where m.status = 'failed') as failed
        from messages m where m.campaign_id = c.id) n
      where (c.open_count, c.emails_sent_count, c.emails_failed_count) is distinct from (n.open, n.sent, n.failed)
         or (c.status = 'completed') <> (n.open = 0 and c.status not in ('draft', 'cancelled'));
      """)
  }
}
