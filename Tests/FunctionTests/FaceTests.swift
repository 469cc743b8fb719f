import Foundation
import Support
import Testing

/// Every function: a folder in `functions/`.
private let functions =
  ((try? FileManager.default.contentsOfDirectory(
    atPath: Machine.root.appendingPathComponent("functions").path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()

private func run(_ program: String, _ arguments: [String], input: String? = nil, _ environment: [String: String] = [:])
  async throws -> Ran
{
  try await Running(
    Machine.programs.appendingPathComponent(program), arguments, environment: environment,
    input: input.map { Data($0.utf8) }
  ).wait()
}

/// What all functions share: the command line, the JSON document, exit codes.
@Suite struct FaceTests {
  /// A manual that says other than the program does is worse than none.
  @Test("The README of a function has its --help word for word", arguments: functions)
  func readme(function: String) async throws {
    let help = try await run(function, ["--help"])
    #expect(help.exit == 0)
    let page = Machine.root.appendingPathComponent("functions/\(function)/README.md")
    #expect(try String(contentsOf: page, encoding: .utf8).contains("```text\n\(help.output)```"), "\(function)")
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  /// Scripts ask for it to know what they run.
  @Test("Every function says its version", arguments: functions)
  func version(function: String) async throws {
    #expect(try await run(function, ["--version"]).output == "\(function) 0.1.0\n")
  }

  /// A typing error must not be taken for a wish.
  @Test("A word that a function does not know is exit 64, and is named", arguments: functions)
  func unknownOption(function: String) async throws {
    let ran = try await run(function, ["--no-such-option"])
    #expect(ran.exit == 64)
    #expect(ran.errors.contains("--no-such-option"))
    #expect(ran.output == "")
  }

  /// cron has no DATABASE_URL unless somebody puts it there.
  @Test(
    "Without DATABASE_URL a function is exit 78, and names it",
    arguments: ["migrate", "tick", "resume-stuck", "campaign-status"])
  func noDatabase(function: String) async throws {
    let ran = try await run(function, [])
    #expect(ran.exit == 78)
    #expect(ran.errors.contains("DATABASE_URL"))
  }

  /// 75 is what a scheduler may try again; a password in the URL must not get into its log.
  @Test("A database that cannot be reached is exit 75, and the URL's password is not printed")
  func unreachable() async throws {
    let down = try await run("tick", [], ["DATABASE_URL": "postgresql://ada:s3cret@127.0.0.1:1/x"])
    #expect(down.exit == 75)
    #expect(!down.errors.contains("s3cret"))
    let malformed = try await run("tick", [], ["DATABASE_URL": "postgresql://ada:s3cret@[::1/x"])
    #expect(malformed.exit == 78)
    #expect(!malformed.errors.contains("s3cret"))
  }

  /// The name of a campaign comes from a command line or from a JSON document, and means the same.
  @Test("A required input can come as a JSON object on standard input")
  func json() async throws {
    let workspace = try await Workspace()
    let fromWords = try await workspace.run("start-campaign", ["nowhere"])
    let fromJSON = try await workspace.run("start-campaign", input: #"{"name": "nowhere"}"#)
    #expect(fromWords.exit == 66)
    #expect(fromJSON.exit == 66)
    #expect(fromWords.errors == fromJSON.errors)
    for (document, exit) in [
      (#"{"nmae": "x"}"#, 65), ("{", 65), ("[]", 65), (#"{"name": ["x"]}"#, 65), ("", 64), (#"{"name": ""}"#, 64),
      (#"{"name": "a\u0000b"}"#, 65), (#"{"name": "x", "name": "y"}"#, 65),
    ] {
      let ran = try await workspace.run("start-campaign", input: document)
      #expect(ran.exit == exit, "\(document): \(ran.errors)")
      #expect(ran.output == "")
    }
  }

  /// A new program on an old schema, or the other way round, would do what neither was written for.
  @Test("A workspace that is missing, older or newer is exit 78 and says what to do")
  func schemaVersion() async throws {
    let workspace = try await Workspace()
    let missing = try await workspace.run("campaign-status", environment: ["CAMPANILE_SCHEMA": "nowhere"])
    #expect(missing.exit == 78)
    #expect(missing.errors.contains("run migrate"))
    try await workspace.sql("insert into schema_migrations (version, name) values (9999, 'from the future')")
    for function in ["campaign-status", "tick", "migrate"] {
      let newer = try await workspace.run(function)
      #expect(newer.exit == 78)
      #expect(newer.errors.contains("newer"))
    }
    try await workspace.sql("delete from schema_migrations")
    let older = try await workspace.run("campaign-status")
    #expect(older.exit == 78)
    #expect(older.errors.contains("run migrate"))
  }

  /// Two deploys at once both migrate; the second must find the work done.
  @Test("Migrating at the same time, and twice, is safe")
  func migrate() async throws {
    let workspace = try await Workspace()
    let schema = workspace.schema + "_more"
    let migrations = try (0..<4).map { _ in try workspace.start("migrate", environment: ["CAMPANILE_SCHEMA": schema]) }
    var applied = 0
    for migration in migrations {
      let ran = await migration.wait()
      #expect(ran.exit == 0, "\(ran.errors)")
      applied += (ran.json["applied"] as? [String])?.count ?? 0
    }
    let again = try await workspace.run("migrate", environment: ["CAMPANILE_SCHEMA": schema])
    #expect(again.json["applied"] as? [String] == [])
    #expect(applied == again.json["version"] as? Int)
  }
}
