import Foundation
import Glibc
import Support
import Testing

extension Workspace {
  /// Starts a program of the product by a line of the shell, in which it is `$0`.
  fileprivate func shell(_ line: String, _ program: String, _ more: [String: String] = [:]) throws -> Running {
    try Running(
      URL(fileURLWithPath: "/bin/sh"), ["-c", line, Machine.programs.appendingPathComponent(program).path],
      environment: environment(more), input: nil)
  }

  fileprivate func status(of campaign: String) async throws -> [String] {
    try await sql("select status from campaigns where name = '\(campaign)'")
  }
}

/// A folder for one test.
private final class Folder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("front-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// What every program does before and after its one step: inputs, descriptors, log lines, the workspace's name.
@Suite struct FrontTests {
  // MARK: - Inputs

  /// "Exit 64, the command line is wrong" must not be said of a campaign that was paused.
  @Test("Nothing is done where an input is wrong, whichever it is")
  func judgedWhole() async throws {
    let workspace = try await Workspace()
    try await workspace.seed(port: 1, leads: 1)
    try await workspace.run("start-campaign", ["spring"])
    try await workspace.sql(
      """
      insert into campaigns (name, campaign_type, use_workflow, workflow_id, sender_ids, batch_ids, status, scheduled_start_at)
      select 'later', campaign_type, use_workflow, workflow_id, sender_ids, '{}', 'draft', null from campaigns
      """)
    let before = try await workspace.sql("select name, status, updated_at from campaigns order by 1")
    for (program, arguments) in [
      ("pause-campaign", ["spring", "--wait", "ten"]), ("pause-campaign", ["spring", "--wait=-1"]),
      ("pause-campaign", ["spring", "--by", ""]), ("pause-campaign", ["spring", "--reason="]),
      ("cancel-campaign", ["spring", "--reason", ""]), ("resume-campaign", ["spring", "--by="]),
      ("start-campaign", ["spring", "--by="]), ("tick", ["--budget", "5O"]), ("tick", ["--budget", "nan"]),
      ("campaign-messages", ["spring", "--step", "one"]), ("campaign-messages", ["spring", "--format", "xml"]),
      ("resolve-unknown", ["spring", "--message", "0"]), ("resolve-unknown", ["spring", "--as-sent", "--resend"]),
      ("set-lead", ["spring-1@x.test", "--status", "gone"]), ("suppress", ["a@x.test", "--channel", "pigeon"]),
      ("suppress", ["--list", "--remove", "a@x.test"]), ("suppress", ["--list", "--csv", "/dev/null"]),
      ("import-leads", ["--batch", "b", "--rejects", "", "/dev/null"]),
      ("import-leads", ["--batch", " b", "/dev/null"]),
      ("import-leads", ["--batch", "a\nb", "/dev/null"]),
      ("import-leads", ["--batch", String(repeating: "b", count: 10_000), "/dev/null"]),
    ] {
      let ran = try await workspace.run(program, arguments)
      #expect(ran.exit == 64, "\(program) \(arguments): \(ran.errors)")
      #expect(ran.output == "")
    }
    let all = try await workspace.run("pause-campaign", ["spring", "--wait", "ten", "--by="])
    #expect(all.errors.contains("--wait") && all.errors.contains("--by"))
    #expect(try await workspace.sql("select name, status, updated_at from campaigns order by 1") == before)
    #expect(try await workspace.states() == ["pending": 1])
  }

  /// The database need not be there to say that the file is not.
  @Test("A document that cannot be read is told before the database is asked")
  func unreadable() async throws {
    let folder = try Folder()
    for (file, exit) in [(folder.path + "/none", 66), (folder.path, 65)] as [(String, Int32)] {
      let ran = try await Running(
        Machine.programs.appendingPathComponent("apply"), [file],
        environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/x"], input: nil
      ).wait()
      #expect(ran.exit == exit, "\(file): \(ran.errors)")
    }
  }

  /// What is read and not declared would be a bug at the first call; no `--help` would show it.
  @Test("Every input that a function reads is one that it declares")
  func declared() throws {
    let root = Machine.root.appendingPathComponent("functions")
    var found = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: root.path) where !name.hasPrefix(".") {
      let folder = root.appendingPathComponent(name)
      let code = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        .map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }.joined()
      for match in code.matches(of: /\bcall\[(\w+\.)*(\w+)\]/) {
        found += 1
        let isChange = match.0.hasPrefix("call[Change.")
        let declaration = isChange ? "+ Change.arguments" : "\(match.2).declaration"
        #expect(code.contains(declaration), "\(name) reads \(match.0)")
      }
      if code.contains("call.actor()") {
        let isDeclared = code.contains("+ Change.arguments") || code.contains("Change.by.declaration")
        #expect(isDeclared, "\(name) asks for the actor")
      }
    }
    #expect(found > 20, "calls look different from what this test looks for")
  }

  /// A level that is misspelt hides what somebody wanted to see.
  @Test("An unknown LOG_LEVEL is exit 78, and names the levels")
  func logLevel() async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run("tick", environment: ["LOG_LEVEL": "loud"])
    #expect(ran.exit == 78)
    #expect(ran.errors.contains("warning"))
    #expect(try await workspace.run("tick", environment: ["LOG_LEVEL": "DEBUG"]).exit == 0)
    #expect(try await workspace.run("tick", ["-h"], environment: ["LOG_LEVEL": "loud"]).output.contains("Usage: tick"))
  }

  // MARK: - Descriptors

  /// The database's socket would be descriptor 2, and the first log line would go to the database.
  @Test("Closed descriptors do no harm", arguments: ["2>&-", "1>&-", "0>&-", "0>&- 1>&- 2>&-"])
  func closedDescriptors(closing: String) async throws {
    let workspace = try await Workspace()
    let schema = workspace.schema + "_closed"
    let migrated = try await workspace.shell("exec \"$0\" \(closing)", "migrate", ["CAMPANILE_SCHEMA": schema]).wait()
    #expect(migrated.exit == 0, "\(migrated.errors)")
    #expect(migrated.output.isEmpty == closing.contains("1>&-"))
    try await workspace.seed(port: 1, leads: 1)
    let started = try await workspace.shell(
      "exec \"$0\" spring \(closing)", "start-campaign", ["LOG_LEVEL": "trace"]
    ).wait()
    #expect(started.exit == 0, "\(started.errors)")
    #expect(try await workspace.status(of: "spring") == ["running"])
  }

  /// A pipe holds 64 KiB; a tick that waits for room in it has mails out, and its dead-man timer ends it.
  @Test("A reader of standard error that stands still does not stop a tick", arguments: ["trace", "debug"])
  func standingReader(level: String) async throws {
    let (workspace, server, folder) = (try await Workspace(), try await SMTPServer(), try Folder())
    try await workspace.seed(port: server.port, leads: 1500, connections: 8)
    try await workspace.run("start-campaign", ["spring"])
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let reader = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    defer { close(reader) }
    let ran = try await workspace.shell("exec \"$0\" 2>\(pipe)", "tick", ["LOG_LEVEL": level]).wait()
    #expect(ran.exit == 0)
    #expect(ran.json["sent"] as? Int == 1500, "\(ran.output)")
    #expect(try server.accepted().count == 1500)
    // It said as much as the pipe holds, or this test has shown nothing.
    #expect(FileHandle(fileDescriptor: reader).available() > 60_000)
  }

  /// Lines that are missing must not look like lines that were never written.
  @Test("How many lines were dropped is said as soon as the reader goes on")
  func dropped() async throws {
    let (workspace, folder) = (try await Workspace(), try Folder())
    let server = try await SMTPServer(script: #"[{"at": "dot", "do": "delay", "seconds": 5, "times": 1}]"#)
    try await workspace.seed(port: server.port, leads: 2, connections: 2, lease: 60, timeout: 30)
    try await workspace.run("start-campaign", ["spring"])
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let reader = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    defer { close(reader) }
    while Data(repeating: 0x20, count: 4096).withUnsafeBytes({ write(reader, $0.baseAddress, $0.count) }) > 0 {}

    let tick = try workspace.shell("exec \"$0\" 2>\(pipe)", "tick", ["LOG_LEVEL": "trace"])
    while try await workspace.states()["sent"] != 1 { try #require(!tick.hasEnded) }
    // One is recorded, and its line had no room. The other waits for the server.
    _ = FileHandle(fileDescriptor: reader).available()
    #expect(await tick.wait().exit == 0)
    var bytes = [UInt8](repeating: 0, count: 1 << 17)
    let count = max(0, read(reader, &bytes, bytes.count))
    let said = String(decoding: bytes[..<count], as: UTF8.self)
    #expect(said.contains(/warning tick: \d+ lines? (was|were) dropped/) && said.contains("settled"), "\(said)")
  }

  // MARK: - The database

  /// libpq quotes what it took for a host or a port, which is a piece of the password.
  @Test(
    "No part of DATABASE_URL is printed, whatever is wrong with it",
    arguments: [
      "postgresql://ada:s3cret@s3cret@127.0.0.1:1/x", "postgresql://ada:s3cret:1@s3cret.invalid/x",
      "postgresql://ada:s3cret/s3cret@127.0.0.1/x", "postgresql://ada:1/s3cret@127.0.0.1:1/x",
      "postgresql://ada:p@s3cret/x",
      "host=127.0.0.1 port=1 port=s3cret", "host=127.0.0.1 password=a connect_timeout=s3cret", "service=s3cret",
      "host=127.0.0.1 password=my s3cret", "postgresql://ada@127.0.0.1:1/x?sslmode=s3cret", "ada:s3cret@127.0.0.1/x",
      "postgresql:///x?hostaddr=s3cret", "host=s3cret.invalid,s3cret port=1,2,3", "host=/s3cret",
      "postgresql://ada:s3cret@127.0.0.1:1/x", "postgresql://ada@[s3cret]/x",
      "host=127.0.0.1 port=99999999 user=s3cret",
    ])
  func urlIsNotPrinted(url: String) async throws {
    for level in ["info", "trace"] {
      let ran = try await Running(
        Machine.programs.appendingPathComponent("tick"), [], environment: ["DATABASE_URL": url, "LOG_LEVEL": level],
        input: nil
      ).wait()
      #expect([75, 78].contains(ran.exit), "\(url): \(ran.errors)")
      #expect(!ran.errors.contains("s3cret"), "\(ran.errors)")
      #expect(ran.errors.hasPrefix("error tick: "), "\(ran.errors)")
      #expect(!ran.errors.contains("gives a reason"), "\(url): every kind has its sentence")
    }
  }

  /// The server repeats the database that we ask for, and that may be a piece of the password as well.
  @Test("The server's own words are shown, without what is no name")
  func serverWords() async throws {
    let workspace = try await Workspace()
    for (database, isShown) in [("nowhere", true), ("s3cret%40host%2Fx", false)] {
      let url = workspace.databaseURL() + (workspace.databaseURL().contains("?") ? "&" : "?") + "dbname=\(database)"
      let ran = try await workspace.run("tick", environment: ["DATABASE_URL": url, "LOG_LEVEL": "trace"])
      #expect(ran.exit == 78)
      #expect(ran.errors.contains("does not exist"), "\(ran.errors)")
      #expect(ran.errors.contains("\"nowhere\"") == isShown)
      #expect(!ran.errors.contains("s3cret"))
    }
  }

  /// PostgreSQL cuts a long name short, and takes `$user` for another: two workspaces would be one.
  @Test(
    "A workspace's name that PostgreSQL would change or keep for itself is exit 78",
    arguments: [
      String(repeating: "a", count: 64), String(repeating: "é", count: 32), " ", "\t", " spring", "spring ", "pg_temp",
      "pg_catalog", "pg_", "$user", "information_schema", "a\nb", "a\u{7F}", "a\u{202E}b", "\u{200B}",
    ])
  func noWorkspace(name: String) async throws {
    for program in ["migrate", "tick"] {
      let ran = try await Running(
        Machine.programs.appendingPathComponent(program), [],
        environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/x", "CAMPANILE_SCHEMA": name], input: nil
      ).wait()
      #expect(ran.exit == 78)
      #expect(ran.errors.contains("CAMPANILE_SCHEMA"), "\(ran.errors)")
    }
  }

  /// What is allowed works, quotes and all.
  @Test(
    "Any other name is a workspace",
    arguments: ["it's", "a\"b", "a b", "$users", "Pg", "a,b", "a\\b", "été", String(repeating: "b", count: 53)])
  func workspaceNames(name: String) async throws {
    let workspace = try await Workspace()
    let schema = name + String(workspace.schema.suffix(10))
    #expect(try await workspace.run("migrate", environment: ["CAMPANILE_SCHEMA": schema]).exit == 0)
    let status = try await workspace.run("campaign-status", environment: ["CAMPANILE_SCHEMA": schema])
    #expect(status.output == "{\"campaigns\":[]}\n", "\(status.errors)")
  }

  /// "Run migrate" is no help to a role that may not look.
  @Test("A role without rights is exit 77, and is told what it lacks")
  func rights() async throws {
    let workspace = try await Workspace()
    let (schema, role) = (workspace.schema, "r" + workspace.schema.suffix(12))
    try await workspace.sql("create role \(role) login")
    let url = workspace.databaseURL().replacing(/user=\w+/, with: "user=\(role)")
    guard url != workspace.databaseURL() else { return }
    func run(_ program: String, _ more: [String: String] = [:]) async throws -> Ran {
      try await workspace.run(program, environment: ["DATABASE_URL": url].merging(more) { _, new in new })
    }
    let unseen = try await run("tick")
    #expect(unseen.exit == 77)
    #expect(unseen.errors.contains("grant usage on schema \(schema) to \(role)"), "\(unseen.errors)")
    let unmade = try await run("migrate")
    #expect(unmade.exit == 77)
    #expect(unmade.errors.contains("grant usage, create on schema \(schema) to \(role)"), "\(unmade.errors)")
    let nowhere = try await run("migrate", ["CAMPANILE_SCHEMA": "\(schema)_no"])
    #expect(nowhere.exit == 77)
    #expect(nowhere.errors.contains("grant create on database"), "\(nowhere.errors)")
    #expect(try await run("tick", ["CAMPANILE_SCHEMA": "\(schema)_no"]).exit == 78)
    try await workspace.sql("grant usage on schema \(schema) to \(role)")
    let blind = try await run("tick")
    #expect(blind.exit == 77)
    #expect(blind.errors.contains("role \"\(role)\"") && blind.errors.contains("schema_migrations"), "\(blind.errors)")
    try await workspace.sql("drop owned by \(role); drop role \(role)")
  }

  /// What the server says beside its answers was dropped: that it did not do something, for example.
  @Test("What the server warns of is logged")
  func notices() async throws {
    let workspace = try await Workspace()
    let (schema, role) = (workspace.schema, "n" + workspace.schema.suffix(12))
    try await workspace.seed(port: 1, leads: 1)
    try await workspace.sql(
      """
      create role \(role) login; grant usage on schema \(schema) to \(role);
      grant all on all tables in schema \(schema) to \(role); grant all on all sequences in schema \(schema) to \(role)
      """)
    let url = workspace.databaseURL().replacing(/user=\w+/, with: "user=\(role)")
    guard url != workspace.databaseURL() else { return }
    let ran = try await workspace.run("start-campaign", ["spring"], environment: ["DATABASE_URL": url])
    #expect(ran.exit == 0)
    #expect(ran.errors.contains("warning start-campaign: the database says: "), "\(ran.errors)")
    try await workspace.sql("drop owned by \(role); drop role \(role)")
  }

  // MARK: - Quiet

  /// cron mails whatever is printed: 1,440 times a day.
  @Test("A quiet tick prints nothing while all is well")
  func quiet() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    let idle = try await workspace.run("tick", ["--quiet"])
    #expect(idle.exit == 0 && idle.output == "" && idle.errors == "")
    try await workspace.seed(port: server.port, leads: 3)
    try await workspace.run("start-campaign", ["spring"])
    let sending = try await workspace.run("tick", ["--quiet"], environment: ["LOG_LEVEL": "trace"])
    #expect(sending.exit == 0 && sending.output == "" && sending.errors == "", "\(sending.errors)")
    #expect(try await workspace.states() == ["sent": 3])
  }

  /// Silence must not hide what only a person can mend.
  @Test("A quiet tick says what needs a person")
  func quietTrouble() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    try await workspace.seed(port: server.port, leads: 3)
    try await workspace.run("start-campaign", ["spring"])
    try await workspace.sql("update senders set url = 'smtp://127.0.0.1:1'")
    let down = try await workspace.run("tick", ["--quiet"])
    #expect(down.exit == 69)
    #expect((down.json["stopped"] as? [Any])?.count == 1)
    // One that a tick which died has left.
    try await workspace.sql(
      """
      update senders set url = 'smtp://127.0.0.1:\(server.port)';
      update messages set status = 'sending', claim_id = gen_random_uuid(), deadline = clock_timestamp() - interval '1 s',
        attempt = 1 where id = (select min(id) from messages)
      """)
    let after = try await workspace.run("tick", ["--quiet"])
    #expect(after.json["recovered"] as? Int == 1, "\(after.output) \(after.errors)")
  }

  // MARK: - Rejects

  /// In a folder that others may write to, a link in its place leads into a file of ours.
  @Test("--rejects is not written through a link, and leaves nothing but its file")
  func rejectsLink() async throws {
    let (workspace, folder) = (try await Workspace(), try Folder())
    let (target, link) = (folder.path + "/target", folder.path + "/link")
    try "mine".write(toFile: target, atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    let csv = "email\nbad\nada@acme.test\n"
    let through = try await workspace.run("import-leads", ["--batch", "b", "--rejects", link], input: csv)
    #expect(through.exit == 65)
    #expect(through.errors.contains("symbolic link"))
    #expect(try await workspace.sql("select count(*) from leads") == ["0"])
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine")
    let dangling = folder.path + "/dangling"
    try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: folder.path + "/new")
    #expect(try await workspace.run("import-leads", ["--batch", "b", "--rejects", dangling], input: csv).exit == 65)
    // A file of the same name is an older one of ours.
    let over = try await workspace.run("import-leads", ["--batch", "b", "--rejects", target], input: csv)
    #expect(over.exit == 0, "\(over.errors)")
    #expect(try String(contentsOfFile: target, encoding: .utf8).contains("\n2,"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["dangling", "link", "target"])
    #expect(try await workspace.run("import-leads", ["--batch", "b", "--rejects", "/dev/null"], input: csv).exit == 0)
    let piped = try await Running(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "\"$0\" --batch b --rejects >(cat >&2)", Machine.programs.appendingPathComponent("import-leads").path],
      environment: workspace.environment(), input: Data(csv.utf8)
    ).wait()
    #expect(piped.exit == 0, "\(piped.errors)")
  }

  // MARK: - Attributes

  /// Two spellings of one column made all attributes of a lead unreadable, and the mail went out with holes.
  @Test("A column in two spellings is one variable, and an attribute that cannot be read is no blank")
  func attributes() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer())
    let (composed, decomposed) = ("soci\u{E9}t\u{E9}", "socie\u{301}te\u{301}")
    for column in [composed, decomposed] {
      let ran = try await workspace.run(
        "import-leads", ["--batch", "b"], input: "email,plan,\(column)\nada@x.test,gold,Acme\n")
      #expect(ran.exit == 0, "\(ran.errors)")
    }
    #expect(
      try await workspace.sql(
        "select encode(convert_to(k, 'UTF8'), 'hex') from leads, jsonb_object_keys(attributes) k where k <> 'plan'")
        == [Data(composed.utf8).map { String(format: "%02x", $0) }.joined()])
    try await workspace.seed(port: server.port, leads: 4)
    // As imports made them before; a number, as another program may write it; and what nobody can read.
    try await workspace.sql(
      """
      update email_templates set subject = 'Your {{plan}} is ready';
      update leads set attributes = jsonb_build_object('plan', 'gold', '\(composed)', 'a', '\(decomposed)', 'b')
        where email = 'spring-1@x.test';
      update leads set attributes = '{"plan": 7}' where email = 'spring-2@x.test';
      update leads set attributes = '[1]' where email = 'spring-3@x.test';
      update leads set attributes = jsonb_build_object('plan', 'x', 'y', (repeat('[', 120) || repeat(']', 120))::jsonb)
        where email = 'spring-4@x.test'
      """)
    try await workspace.run("start-campaign", ["spring"])
    let tick = try await workspace.run("tick")
    #expect(tick.json["sent"] as? Int == 2, "\(tick.output) \(tick.errors)")
    let subjects = try server.events().filter { $0.name == "accepted" }.compactMap { $0.fields["subject"] as? String }
    #expect(Set(subjects) == ["Your gold is ready", "Your 7 is ready"])
    let failed = try await workspace.sql("select failure_reason from messages where status = 'failed'")
    #expect(failed.count == 2)
    #expect(failed.allSatisfy { $0.contains("attributes") }, "\(failed)")
  }
}

extension FileHandle {
  /// How many bytes a pipe holds; they are read.
  fileprivate func available() -> Int {
    var bytes = [UInt8](repeating: 0, count: 1 << 17)
    var total = 0
    while case let count = Glibc.read(fileDescriptor, &bytes, bytes.count), count > 0 { total += count }
    return total
  }
}
