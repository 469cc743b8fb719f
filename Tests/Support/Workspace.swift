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
/// Started with `posix_spawn` and waited for by a thread of its own: Foundation's `Process` hands our threads' blocked
/// signals down, and holds some of the few threads that all tests share.
public final class Running: Sendable {
  /// Its process id.
  public let id: pid_t
  private let folder: URL
  private let ended: AsyncStream<Void>
  private let running = DispatchGroup()

  /// Starts a program with an environment and nothing else; its output goes to files.
  public convenience init(_ program: URL, _ arguments: [String], environment: [String: String], input: Data?) throws {
    try self.init(program, arguments, environment: environment, input: input, pipes: nil)
  }

  /// Starts a program, with descriptors for its standard input and output where `pipes` has them.
  init(
    _ program: URL, _ arguments: [String], environment: [String: String], input: Data?,
    pipes: (input: Int32, output: Int32)?
  ) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("ran-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try input?.write(to: folder.appendingPathComponent("in"))
    let inputPath = input == nil ? "/dev/null" : folder.appendingPathComponent("in").path
    id = try Running.spawn(
      program.path, arguments, environment: environment, input: inputPath,
      output: folder.appendingPathComponent("out").path, errors: folder.appendingPathComponent("err").path, pipes: pipes
    )
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    self.ended = ended
    let (id, running, statusFile) = (id, running, folder.appendingPathComponent("status"))
    running.enter()
    Thread.detachNewThread {
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0 && errno == EINTR {}
      try? Data("\(status)".utf8).write(to: statusFile)
      end.finish()
      running.leave()
    }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], environment: [String: String], input: String, output: String,
    errors: String, pipes: (input: Int32, output: Int32)?
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    if let pipes {
      posix_spawn_file_actions_adddup2(&actions, pipes.input, 0)
      posix_spawn_file_actions_adddup2(&actions, pipes.output, 1)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
      for word in words + variables { free(word) }
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var id: pid_t = 0
    let result = posix_spawn(&id, program, &actions, &attributes, &words, &variables)
    guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EINVAL) }
    return id
  }

  /// Sends a signal.
  public func signal(_ number: Int32) { kill(id, number) }

  /// Whether it has ended.
  public var hasEnded: Bool { running.wait(timeout: .now()) == .success }

  /// Waits for the end, holding this thread.
  public func block() { running.wait() }

  /// Waits for the end.
  public func wait() async -> Ran {
    for await _ in ended {}
    block()
    return result()
  }

  /// What it has said on standard error so far, from so many bytes on.
  public func errors(from offset: Int) throws -> Data {
    let file = try FileHandle(forReadingFrom: folder.appendingPathComponent("err"))
    try file.seek(toOffset: UInt64(offset))
    return try file.readToEnd() ?? Data()
  }

  /// How much it has said on standard error so far, in bytes.
  public func errorsLength() throws -> Int {
    Int(try FileHandle(forReadingFrom: folder.appendingPathComponent("err")).seekToEnd())
  }

  /// What it did; valid once it has ended.
  public func result() -> Ran {
    func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }
    // waitpid(2): the low seven bits are the signal that ended it, 0 for none; the exit code is in the next byte.
    let status = Int32(text("status")) ?? -1
    let number = status & 0x7F
    return Ran(exit: number == 0 ? status >> 8 & 0xFF : -number, output: text("out"), errors: text("err"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

/// A workspace of its own for one test: a schema in the shared database, made by the product's own `migrate`.
public final class Workspace: Sendable {
  /// The schema's name.
  public let schema: String
  private let url: String

  /// An empty, migrated workspace, in the database that all tests share unless another one is given.
  public init(url: String? = nil) async throws {
    self.url = try #require(url ?? Machine.databaseURL, "DATABASE_URL is not set: run infra/test")
    await Slots.shared.take()
    schema = "t_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
    let ran = try await run("migrate")
    try #require(ran.exit == 0, "\(ran.errors)")
  }

  /// A workspace that is there already: in a copy of the database in which it was made.
  public init(schema: String, url: String) async {
    (self.schema, self.url) = (schema, url)
    await Slots.shared.take()
  }

  deinit { Task { await Slots.shared.give() } }

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
    try await sql(
      Workspace.seeding(
        name, port: port, leads: leads, steps: steps, connections: connections, lease: lease, timeout: timeout,
        retryTimes: retryTimes, onUnknown: onUnknown, url: url))
  }

  /// The SQL of `seed`, for many campaigns at once.
  public static func seeding(
    _ name: String, port: Int, leads: Int, steps: [Int] = [0], connections: Int = 4, lease: Double = 4,
    timeout: Double = 2, retryTimes: Int = 3, onUnknown: String = "hold", url: String? = nil
  ) -> String {
    let days = steps.enumerated().map { "(\($0.offset + 1), \($0.element))" }.joined(separator: ", ")
    return """
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
      """
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
  public func wrongCounters() async throws -> [String] { try await sql(Workspace.wrongCounters) }

  /// A query for counters that differ from what a count of the ledger says, as one column of text.
  public static let wrongCounters = """
    select concat_ws('|', 'step', s.step_number, s.total, s.sent, s.failed, s.skipped, s.cancelled, s.unknown, n.*) as wrong
    from campaign_steps s
    cross join lateral (
      select count(*) as total, count(*) filter (where m.status = 'sent') as sent,
             count(*) filter (where m.status = 'failed') as failed,
             count(*) filter (where m.status = 'skipped') as skipped,
             count(*) filter (where m.status = 'cancelled') as cancelled,
             count(*) filter (where m.status = 'unknown') as unknown
      from messages m where m.campaign_id = s.campaign_id and m.step_number = s.step_number) n
    where (s.total, s.sent, s.failed, s.skipped, s.cancelled, s.unknown)
       is distinct from (n.total, n.sent, n.failed, n.skipped, n.cancelled, n.unknown)
    union all
    select concat_ws('|', 'campaign', c.name, c.open_count, c.emails_sent_count, c.emails_failed_count, c.status, n.*)
    from campaigns c
    cross join lateral (
      select count(*) filter (where m.status in ('pending', 'sending')) as open,
             count(*) filter (where m.status = 'sent') as sent, count(*) filter (where m.status = 'failed') as failed
      from messages m where m.campaign_id = c.id) n
    where (c.open_count, c.emails_sent_count, c.emails_failed_count) is distinct from (n.open, n.sent, n.failed)
       or (c.status = 'completed') <> (n.open = 0 and c.status not in ('draft', 'cancelled'))
    """
}

/// How many workspaces, and so how many tests with programs, there are at once: a test that steps in at the right moment
/// must find it before it is over, on two cores too.
private actor Slots {
  static let shared = Slots()
  private var free = 5
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func give() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
