// swift-tools-version: 6.1
import PackageDescription

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")

/// A function is a folder in `functions/`: a short program, and its manual page beside it.
func function(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name, dependencies: ["Function", "Ledger"] + dependencies, path: "functions/\(name)", exclude: ["README.md"])
}

/// The statements of the product, `sql/steps/NAME.sql`; the manifest has to name what it embeds.
let steps = [
  "add-suppressions", "analyze-import-rows", "analyze-messages", "cancel-messages", "change-lead", "claim-messages",
  "copy-import-rows", "count-unaccounted", "create-import", "create-leads", "create-workspace", "explain-change",
  "find-campaign", "find-claimed-messages", "find-due-starts", "find-message-range", "find-stranded-campaigns",
  "find-stuck-messages", "find-template-users", "find-unfinished-cancels", "find-unknown-time-zones",
  "find-unmet-variables", "forget-passed-deadlines", "go-by-keys", "hold-barrier", "join-batch", "judge-import",
  "limit-waiting", "list-changes", "list-events", "list-failures", "list-holds", "list-import-rejects",
  "list-in-flight", "list-messages", "list-suppressed-failures", "list-suppressions", "list-unknown-messages",
  "load-campaign-plans", "load-campaign-steps", "load-campaigns", "load-encoding", "load-held-refusals", "load-names",
  "load-pause", "load-rights", "load-schema-version", "load-templates", "load-work", "lock-batch", "lock-campaign",
  "lock-due-leads", "lock-for-settlement", "lock-leads", "lock-workspace", "look-around", "lower-health",
  "mark-cancelled", "mark-draft", "mark-paused", "mark-resumed", "mark-scheduled", "mark-started",
  "match-leads-by-email", "match-leads-by-phone", "match-repeated-emails", "mend-campaign", "note-event",
  "note-evidence", "note-start-trouble", "prologue", "record-migration", "recount-sender-days", "reject-time-zones",
  "release-held", "release-sender-holds", "remove-suppressions", "requeue-messages", "resend-messages", "rest-sender",
  "set-sender-domains", "set-sender-trouble", "settle-late-outcome", "settle-messages", "stage-changes",
  "take-batches", "try-barrier", "update-leads", "upsert-campaign", "upsert-sender", "upsert-template",
  "upsert-workflow", "wake-messages", "work-without-limit", "write-ledger", "write-plan",
]
/// The functions in the database, `sql/functions/NAME.sql`.
let functionsInSQL = [
  "claim-messages", "count-moves", "failed-messages", "in-flight", "lock-due-leads", "lock-for-settlement",
  "mark-reopened", "sender-room", "settle-messages", "unknown-time-zones",
]
let migrations = ["0001-ledger", "0002-lifecycle", "0003-rules", "0004-provider", "0005-login", "0006-doors"]

func sql(_ names: [String]) -> [Resource] { names.map { .embedInCode("\($0).sql") } }

let functions: [Target] = [
  function("migrate", ["Migrations", "Functions"]),
  function("apply", ["Campaign", "Template", "Yams"]),
  function("import-leads", ["Campaign"]),
  function("start-campaign"),
  function("pause-campaign"),
  function("resume-campaign"),
  function("cancel-campaign"),
  function("tick", ["Campaign", "Email", "Transport", "Template"]),
  function("resume-stuck"),
  function("resolve-unknown", ["Campaign"]),
  function("requeue"),
  function("suppress", ["Campaign"]),
  function("set-lead", ["Campaign"]),
  function("campaign-status"),
  function("campaign-messages", ["Campaign"]),
]

let package = Package(
  name: "campanile",
  products: functions.map { .executable(name: $0.name, targets: [$0.name]) },
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: functions + [
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

    .target(name: "Campaign"),
    .target(name: "Postgres", dependencies: ["CPostgres"]),
    .target(name: "Email", dependencies: ["Campaign", crypto]),
    .target(name: "Transport", dependencies: ["CCurl", "Campaign", "Email"]),
    .target(name: "Template", dependencies: [mustache]),
    .target(name: "Function", dependencies: ["Campaign", "Postgres", "Steps", log]),
    .target(name: "Steps", dependencies: ["Postgres"], path: "sql/steps", resources: sql(steps)),
    .target(name: "Migrations", path: "sql/migrations", resources: sql(migrations)),
    .target(name: "Functions", dependencies: ["Postgres"], path: "sql/functions", resources: sql(functionsInSQL)),
    .target(name: "Ledger", dependencies: ["Function", "Postgres", "Steps", "Campaign"]),

    // A test target, though it has no tests: what imports Testing is not for `swift build`.
    .testTarget(
      name: "Support", path: "Tests/Support", exclude: ["make-certificate", "scripted-smtp"]),
    .testTarget(name: "TemplateTests", dependencies: ["Template", "Function"]),
    .testTarget(name: "CampaignTests", dependencies: ["Campaign"]),
    .testTarget(name: "EmailTests", dependencies: ["Email", "Campaign"]),
    .testTarget(name: "LedgerTests", dependencies: ["Ledger", "Steps", "Postgres", "Support"]),
    .testTarget(
      name: "PlanTests",
      dependencies: ["Ledger", "Steps", "Postgres", "Support"] + functions.map { .target(name: $0.name) }),
    .testTarget(name: "ModelTests", dependencies: ["Support"], exclude: ["protocol.pml"]),
    .testTarget(name: "ProofTests", dependencies: ["Support"] + functions.map { .target(name: $0.name) }),
    .testTarget(
      name: "FunctionTests", dependencies: ["Support", "Function"] + functions.map { .target(name: $0.name) }),
  ]
)
