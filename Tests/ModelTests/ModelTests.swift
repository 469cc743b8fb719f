import Foundation
import Support
import Testing

/// What a search needs; without it the searches are skipped, and say so.
private let isInstalled = ["spin", "gcc"].allSatisfy { tool in
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
  }
}

private let here = URL(filePath: #filePath).deletingLastPathComponent()
private let model = here.appending(path: "protocol.pml")

/// The model in one size: what `-D` says.
struct Search: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let settings: [String]

  /// A message that is not sent again while its fate is unknown.
  static let hold = Search(testDescription: "on_unknown: hold", settings: ["CLAIMS=3", "CALLS=2"])
  /// One that is, because the campaign says so.
  static let resend = Search(testDescription: "on_unknown: resend", settings: ["CLAIMS=2", "CALLS=2", "RESEND"])
  /// One that is, because a person says so, which may open a completed campaign again.
  static let resolve = Search(testDescription: "resolve-unknown", settings: ["CLAIMS=2", "CALLS=3", "RESOLVE"])
  /// One that was refused, because a person says so; `requeue`.
  static let requeue = Search(testDescription: "requeue", settings: ["CLAIMS=2", "CALLS=3", "REQUEUE"])
  /// A campaign that has not ended with its first message.
  static let two = Search(testDescription: "two messages", settings: ["MESSAGES=2", "CLAIMS=2", "CALLS=1"])
  /// A campaign that starts at its time, and fails by its health, which takes no barrier.
  static let health = Search(
    testDescription: "scheduled start, health", settings: ["CLAIMS=2", "CALLS=2", "SCHEDULED", "HEALTH"])
  /// Big enough for every variant that is broken, or it says how many calls it needs.
  static let small = ["CLAIMS=2"]
}

/// A protocol with a part left out, and the words of the assertion that must catch it.
struct Broken: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let settings: [String]
  let violates: String

  init(_ rule: String, _ settings: [String], violates: String) {
    testDescription = rule
    self.settings = settings
    self.violates = violates
  }

  /// In the model: nothing is written once a pause or a cancel was answered.
  static let isWritten = "!(is_paused)&&!(is_over)"
  /// In the model: nothing is accepted then, but what the answer reported and had its deadline passed.
  static let isTaken = "is_paused||is_over))||(passed"
  /// In the model: when nothing can happen any more, no message is still `sending`.
  static let isStuck = "status[0]!=1"
  /// In the model: then, none is still `pending` where nothing sends it.
  static let isForgotten = "status[0]!=0)"
  /// In the model: then, what was accepted is called `sent`, `unknown`, or waits to be sent again.
  static let isHidden = "accepted[0]==0"

  static let variants = [
    Broken("A claim takes the barrier", ["NO_BARRIER"], violates: isWritten),
    Broken("A claim reads the state in a later statement than the lock", ["ONE_SNAPSHOT"], violates: isWritten),
    Broken("A second pause waits like the first", ["SECOND_PAUSE_ANSWERS_AT_ONCE"], violates: isWritten),
    Broken("A pause waits for the deadlines", ["NO_DEADLINE_WAIT"], violates: isWritten),
    Broken("A pause waits for a deadline in whatever state", ["ONLY_SENDING_IS_OUT"], violates: isTaken),
    Broken("A pause reports what was unknown before it", ["REPORT_IN_FLIGHT_ONLY"], violates: isTaken),
    Broken("A pause reports what waits to be resent", ["REPORT_BY_STATUS", "RESEND"], violates: isTaken),
    Broken("A failure makes a pause another one", ["FAILURE_KEEPS_NUMBER", "HEALTH"], violates: isWritten),
    Broken("A pause knows whether it is still the same", ["NO_PAUSE_NUMBER", "HEALTH"], violates: isWritten),
    Broken("A start at its time looks again", ["START_IS_STALE", "SCHEDULED"], violates: isWritten),
    Broken("A frozen tick is ended before it writes", ["NO_DEAD_MAN"], violates: isWritten),
    Broken("A claim whose commit was not answered is not sent", ["LOST_CLAIM_IS_SENT"], violates: "claim[row]==c"),
    Broken("What a crash left is recovered", ["NO_RECOVERY"], violates: isStuck),
    Broken("A cancel that died is finished by a tick", ["CANCEL_IS_LEFT"], violates: isForgotten),
    Broken("A settlement shows its claim id", ["NO_FENCE"], violates: isHidden),
    Broken("A settlement shows its claim id, with resend", ["NO_FENCE", "RESEND"], violates: isHidden),
    Broken("A refusal after an unknown attempt is unknown", ["REFUSED_IS_FAILED", "RESEND"], violates: isHidden),
    Broken("What may have left is not cancelled but unknown", ["CANCEL_HIDES_UNKNOWN", "RESEND"], violates: isHidden),
    Broken("A resend waits for the old deadline", ["RESEND_WITHOUT_DEADLINE", "RESEND"], violates: isTaken),
    Broken("A person's resend waits for it too", ["RESEND_WITHOUT_DEADLINE", "RESOLVE", "CALLS=3"], violates: isTaken),
    Broken("A campaign that is reopened is paused", ["REOPENS_RUNNING", "REQUEUE", "CALLS=3"], violates: isWritten),
    Broken("A verdict clears its own deadline only", ["LATE_CLEARS_DEADLINE", "RESEND"], violates: isTaken),
    Broken("Skipping a message clears no deadline", ["SKIP_CLEARS_DEADLINE", "RESEND"], violates: isTaken),
  ]
}

/// The protocol of a send (DESIGN §4), checked exhaustively by spin: `protocol.pml` says what is modelled.
///
/// The whole takes about 30 seconds of one core for the searches, another 45 for the compiler, and 0.7 GB at most.
/// A rule of DESIGN §4 that changes is changed there first.
@Suite(.serialized) struct ModelTests {
  /// Without it nobody knows whether the promises hold where two ticks, a crash and a pause meet: no test gets there.
  @Test(
    "Nothing leaves a paused campaign, nothing is lost, nothing is sent twice, and a campaign completes exactly once",
    .enabled(if: isInstalled, "spin and gcc are not installed"),
    arguments: [Search.hold, .resend, .resolve, .requeue, .two, .health])
  func holds(search: Search) async throws {
    let report = try await explore(search.settings, optimized: true)
    #expect(report.contains("errors: 0"), "\(report)")
    #expect(report.contains("Full statespace search"), "\(report)")
    // A search that was cut short proves nothing.
    for sign in ["max search depth too small", "out of memory", "Search not completed", "memory limit"] {
      #expect(!report.contains(sign), "\(report)")
    }
    print("model, \(search.testDescription): \(figures(of: report))")
  }

  /// A model that finds nothing wrong with a wrong protocol would prove nothing about the right one.
  @Test(
    "Each part of the protocol is there for a reason: left out, the model finds what goes wrong",
    .enabled(if: isInstalled, "spin and gcc are not installed"), arguments: Broken.variants)
  func fails(broken: Broken) async throws {
    let report = try await explore(Search.small + broken.settings, optimized: false)
    #expect(report.contains("errors: 1"), "\(report)")
    let violation = report.split(separator: "\n").first { $0.contains("assertion violated") } ?? ""
    #expect(violation.filter { $0 != " " }.contains(broken.violates), "\(report)")
    print("model, \(broken.settings.joined(separator: " ")): \(figures(of: report))")
  }

  /// A statement that the model does not know may move a message past the barrier, and the model would still be green.
  @Test("Every statement that moves a message or changes a campaign is a step of the model")
  func steps() throws {
    // What a step does may stand in the function that it calls, which has the step's name.
    let files = try ["../../sql/steps", "../../sql/functions"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(
        at: here.appending(path: folder).standardized, includingPropertiesForKeys: nil)
    }.filter { $0.pathExtension == "sql" }
    let named = Set(
      try String(contentsOf: model, encoding: .utf8).matches(of: /step: ([a-z-]+)/).map { String($0.1) })
    let moves = /\b(?:update\s+messages|insert\s+into\s+messages|update\s+campaigns)\b/.ignoresCase()
    var moving: Set<String> = []
    for file in files where try String(contentsOf: file, encoding: .utf8).contains(moves) {
      moving.insert(file.deletingPathExtension().lastPathComponent)
    }
    #expect(moving.contains("claim-messages"), "the rule finds nothing any more")
    #expect(moving.subtracting(named).sorted() == [], "not in protocol.pml")
    let existing = Set(files.map { $0.deletingPathExtension().lastPathComponent })
    #expect(named.subtracting(existing).sorted() == [], "in protocol.pml, and no statement of the product any more")
  }

  /// States, depth and time, as the search printed them.
  private func figures(of report: String) -> String {
    report.split(separator: "\n")
      .filter { ["states, stored", "depth reached", "elapsed time", "total actual"].contains(where: $0.contains) }
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: "; ")
  }

  /// Generates, compiles and runs the search; answers what it printed. Where it ends soon, compiling well takes longer.
  private func explore(_ settings: [String], optimized: Bool) async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(at: model, to: folder.appending(path: "protocol.pml"))
    let generated = try await run(["spin"] + settings.map { "-D\($0)" } + ["-a", "protocol.pml"], in: folder)
    try #require(generated.exit == 0 && !generated.output.contains("Error"), "\(generated.output)\(generated.errors)")
    let compiled = try await run(
      ["gcc", optimized ? "-O2" : "-O0", "-w", "-DSAFETY", "-DMEMLIM=1500", "-o", "pan", "pan.c"], in: folder)
    try #require(compiled.exit == 0, "\(compiled.errors)")
    let searched = try await run(["./pan", "-m2000"], in: folder)
    // A search that was killed has said nothing: that is the machine's failure, and not the protocol's.
    try #require(
      searched.exit >= 0, "the search was killed by signal \(-searched.exit): \(searched.output)\(searched.errors)")
    return searched.output + searched.errors
  }

  /// Runs a program in a folder; its exit code is negative when a signal ended it.
  private func run(_ command: [String], in folder: URL) async throws -> Ran {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try await Running(
      URL(filePath: "/usr/bin/env"), ["-C", folder.path] + command, environment: ["PATH": path], input: nil
    ).wait()
  }
}
