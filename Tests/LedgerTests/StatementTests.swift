import Foundation
import Postgres
import Steps
import Support
import Testing

/// Every statement of the product with some parameters; their values do not matter.
private let statements: [any Statement] = [
  AnalyzeImportRows(), ListUnknownMessages(campaign: "", message: nil),
  ResendMessages(campaign: "", message: nil),
  NoteEvent(campaign: "", detail: ""), FindStrandedCampaigns(), MendCampaign(campaign: ""), CreateImport(),
  CreateLeads(), JoinBatch(batch: "", lastLine: 1), JudgeImport(),
  ListImportRejects(after: 0, limit: 1), LockBatch(name: ""), MatchLeadsByEmail(), MatchLeadsByPhone(),
  UpdateLeads(changes: "[]"),
  StageChanges(), ListChanges(isNew: false, portion: 0), LockLeads(leads: []),
  MatchRepeatedEmails(),
  LimitWaiting(milliseconds: 0), GoByKeys(), WorkWithoutLimit(), CancelMessages(campaign: "", after: 0, through: 1),
  ExplainChange(actor: nil, reason: nil),
  FindCampaign(name: ""),
  HoldBarrier(barrier: 0), ListEvents(campaign: ""), ListInFlight(campaign: ""), LoadPause(campaign: "", messages: []),
  MarkCancelled(campaign: ""), MarkPaused(campaign: ""), MarkResumed(campaign: ""), AnalyzeMessages(),
  ClaimMessages(claim: "", lease: 1), CreateWorkspace(),
  FindClaimedMessages(claims: []),
  FindStuckMessages(limit: 1), FindUnmetVariables(campaign: ""), ForgetPassedDeadlines(limit: 1),
  ListMessages(campaign: "", status: nil, step: nil, after: 0, through: 1), FindMessageRange(campaign: ""),
  LoadCampaignPlans(names: []),
  LoadCampaignSteps(campaigns: []), LoadCampaigns(name: nil), LoadEncoding(),
  LoadNames(names: [], emails: []), LoadRights(), LoadSchemaVersion(),
  LoadTemplates(campaigns: []), LoadWork(), LockCampaign(name: ""),
  LockDueLeads(campaign: "", sender: "", limit: 1, scan: 0),
  LockForSettlement(messages: []), LockWorkspace(purpose: ""), MarkStarted(campaign: "", open: 0, emails: 0, leads: 0),
  Prologue(schema: ""), RecordMigration(version: 0, name: ""), SetSenderTrouble(sender: "", trouble: nil),
  SettleLateOutcome(message: 0, claim: "", outcome: "", providerID: nil, reason: nil),
  SettleMessages(
    messages: [], claims: [], outcomes: [], providerIDs: [], reasons: [], about: [], seconds: [], doubts: [],
    fingerprints: [], times: [],
    since: []),
  RestSender(sender: "", trouble: "", first: 1, most: 1, isFirstFree: true, isNew: true),
  NoteEvidence(sender: "", evidence: ""),
  LoadHeldRefusals(senders: []),
  TakeBatches(campaign: ""),
  TryBarrier(barrier: 0),
  UpsertCampaign(
    name: "", type: "", workflow: nil, template: nil, senders: [], batches: [], leads: [], retryTimes: 0, retryAfter: 0,
    onUnknown: "", windowDays: nil, windowFrom: nil, windowTo: nil, windowZone: nil, minGap: 0, startAt: nil, order: ""),
  UpsertSender(
    name: "", channel: "", from: nil, url: "", username: nil, passwordVariable: nil, connections: 1, lease: 1,
    timeout: 1, timeZone: nil, paceCount: nil, pacePeriod: nil, delayMin: nil, delayMax: nil, dailyCap: nil,
    warmUpStart: nil, warmUpFactor: nil, helo: nil, allowsCleartext: false, tokenVariable: nil),
  UpsertTemplate(name: "", channel: "", subject: nil, text: "", html: nil, variables: []),
  UpsertWorkflow(name: "", templates: [], days: []), WakeMessages(limit: 1), WriteLedger(campaign: ""),
  WritePlan(campaign: ""), RecountSenderDays(sender: ""),
  SetSenderDomains(sender: "", domains: [], counts: [], periods: []), ReleaseHeld(campaign: ""),
  FindUnknownTimeZones(names: []), ListHolds(campaigns: []), FindDueStarts(), NoteStartTrouble(name: "", trouble: ""),
  MarkScheduled(campaign: ""), AddSuppressions(values: [], channels: [], reasons: [], source: ""),
  RemoveSuppressions(values: [], channel: nil),
  ListSuppressions(value: nil, afterValue: "", afterChannel: "", limit: 1),
  LookAround(), RejectTimeZones(), FindUnfinishedCancels(), CountUnaccounted(campaign: ""),
  ChangeLead(address: "", status: nil, timeZone: nil),
  RequeueMessages(campaign: "", message: nil, reason: nil, since: nil),
  ListFailures(campaign: "", message: nil, reason: nil, since: nil),
  ListSuppressedFailures(campaign: "", message: nil, reason: nil, since: nil), LowerHealth(campaign: ""),
  ReleaseSenderHolds(sender: "", rules: []), MarkDraft(campaign: ""), FindTemplateUsers(templates: []),
]

@Suite struct StatementTests {
  private func mismatch<S: Statement>(of statement: S, in workspace: Workspace) throws -> String? {
    let database = try Connection(
      url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
    let found = try database.transaction { transaction in
      for preparation in preparations[S.sql.name] ?? [] { _ = try transaction.runAny(preparation) }
      return try transaction.describe(S.sql)
    }
    let parameters = found.parameters
    let declared = statement.parameters.map(\.type.rawValue)
    if parameters != declared { return "\(S.sql.name): parameters \(parameters), declared \(declared)" }
    let columns = found.columns.map { "\($0.0) \($0.1)" }
    let expected = S.columns.map { "\($0.name) \($0.type.rawValue)" }
    if columns != expected { return "\(S.sql.name): columns \(columns), declared \(expected)" }
    return nil
  }

  /// A type that says `int4` where the server has `int8`, or columns in another order, would be found only by the
  /// first customer whose path it is on.
  @Test("Every statement has the parameters and columns that its Swift type declares")
  func shapes() async throws {
    let workspace = try await Workspace()
    for statement in statements {
      let mismatch = try mismatch(of: statement, in: workspace)
      #expect(mismatch == nil)
    }
  }

  /// A file that no Swift type claims, or that this list leaves out, would never be prepared by the test above.
  @Test("Every file in sql/steps is a statement that the tests know")
  func complete() throws {
    let folder = Machine.root.appendingPathComponent("sql/steps").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }
    func name<S: Statement>(_ statement: S) -> String { S.sql.name }
    let known = statements.map { name($0) + ".sql" }
    #expect(Set(known + copies.map { $0 + ".sql" }) == Set(files))
  }

  /// The header is the statement's manual: a reader finds there what two of it do at once and what a crash leaves.
  @Test("Every file in sql/steps begins with its name")
  func headers() throws {
    let folder = Machine.root.appendingPathComponent("sql/steps")
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where file.hasSuffix(".sql") {
      let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      #expect(text.hasPrefix("-- \(file.dropLast(4)): "), "\(file)")
    }
  }

  /// A program that expects fewer migrations than it brings would refuse every workspace that it has just made.
  @Test("The version that the programs expect is the newest migration")
  func version() throws {
    let folder = Machine.root.appendingPathComponent("sql/migrations").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted()
    #expect(files.count == Schema.version)
    for (index, file) in files.enumerated() {
      #expect(Int(file.prefix(4)) == index + 1)
    }
  }
}

/// Statements that a statement needs before it can be prepared.
private let preparations: [String: [any Statement]] = Dictionary(
  uniqueKeysWithValues: [
    "analyze-import-rows", "create-leads", "join-batch", "judge-import", "list-import-rejects", "match-leads-by-email",
    "match-leads-by-phone", "match-repeated-emails", "reject-time-zones", "stage-changes", "list-changes",
  ].map { ($0, [CreateImport()]) })
/// Files that are handed to COPY, and cannot be prepared.
private let copies = ["copy-import-rows"]

extension Transaction {
  fileprivate func runAny<S: Statement>(_ statement: S) throws -> Int { try run(statement).count }
}
