import Campaign
import Function
import Postgres
import Steps

@main
struct ImportLeads: Function {
  static let batch = Argument.required(
    "batch", .option, .name, "the batch that the leads join; made if it is not there")
  static let rejects = Argument<String?>.optional(
    "rejects", .option, .path, "where to write the rows that cannot be used, as a CSV: line,reason")

  static let manual = Manual(
    "import-leads", "a CSV of any size becomes a batch of leads",
    discussion: """
      The CSV has commas, UTF-8 and a header; fields in quotes may have line ends in them. Its columns, in any
      order: email, phone, first_name, contact_name, company_name, industry, city, country, website, time_zone
      (like Europe/London; "First Name" is first_name). Every other column becomes an attribute of the lead, and
      a variable of templates.

      A lead that has the same email already, in whatever case, joins the batch and is not doubled; only a row
      without an email is matched by its phone. Newer values win, column by column, within the file too; an
      empty value says nothing.

      A row that cannot be used is counted and told with its line and the reason; the rest goes in. A phone
      that is no number is left out where there is an email. Refused, with nothing changed: a file without a
      usable header, a file of which no row can be used, and a batch that a campaign uses.

      People of the list may be sent to meanwhile: leads that are there already are changed some two thousand at a
      time, and the new leads and the batch come last, all at once. Killed before that, the batch is as it was, and
      some leads may have their new values already; importing the file again does the rest.
      """,
    arguments: [batch.declaration, rejects.declaration], document: "the CSV", exits: [.data, .noSuchThing, .notAllowed])

  static func run(_ call: Call) throws -> Report {
    let name = call[batch]
    let rejectsFile = try call[rejects].map { path throws(Failure) in try RejectsFile(path) }
    let database = try call.database()

    return try database.transaction { transaction in
      try transaction.run(WorkWithoutLimit())
      let batch = try lock(name, transaction)
      let file = try stage(call, idsFrom: batch.milliseconds, transaction)
      let verdict = file.verdict

      let firstRejects = try writeRejects(to: rejectsFile, transaction)
      let rejected = file.rows - verdict.usable
      guard verdict.usable > 0 else {
        let first = verdict.firstReject
        throw Failure(.data, "no row can be used: line \(first?.line ?? 0): \(first?.reason ?? "")")
      }

      let leads = try merge(call, verdict, lastLine: file.lastLine, into: batch.id, transaction)
      if rejected > 0 {
        let first = verdict.firstReject?.line ?? 0
        call.log.warning("\(rejected) of \(file.rows) rows cannot be used, line \(first) is the first")
      }
      return Report([
        "batch": .string(name), "rows": .int(file.rows), "created": .int(leads.created), "updated": .int(leads.updated),
        "unchanged": .int(leads.known - leads.updated), "joined": .int(leads.created + leads.known),
        "rejected": .int(rejected), "phones_left_out": .int(verdict.phonesLeftOut),
        "rejects": .array(firstRejects.map { ["line": .int($0.line), "reason": .string($0.reason)] }),
      ])
    }
  }

  /// Until the end of the transaction no campaign can take the batch.
  private static func lock(_ name: String, _ transaction: borrowing Transaction) throws -> LockBatch.Row {
    do {
      let batch = try transaction.one(LockBatch(name: name))
      if let campaign = batch.heldBy {
        throw Failure(.data, "the batch \"\(name)\" is in use by the campaign \"\(campaign)\"")
      }
      return batch
    } catch let error as DatabaseError where error.sqlState == .lockNotAvailable {
      throw Failure(.tryAgain, "the batch \"\(name)\" is being imported into, or a campaign is just taking it")
    }
  }

  /// Streams the file into the staging table; answers how many records it has, and what became of them.
  ///
  /// The header is read inside the COPY as well: a database that waits for the next bytes of a COPY waits for as long
  /// as it takes, one that waits for the next statement gives up on us (`idle_in_transaction_session_timeout`).
  private static func stage(
    _ call: Call, idsFrom milliseconds: Int, _ transaction: borrowing Transaction
  ) throws -> (rows: Int, lastLine: Int, verdict: Staging.Verdict) {
    try transaction.run(CreateImport())
    var staging = Staging(ids: LeadIDs(milliseconds: milliseconds))
    try transaction.copy(CopyImportRows.sql) { put in
      try staging.read(call, put)
    }
    // From here on it would be a pity to give up: standard input cannot be read again.
    try transaction.run(LimitWaiting(milliseconds: 0))
    try transaction.run(AnalyzeImportRows())
    var verdict = staging.verdict
    if staging.hasTimeZones {
      try transaction.run(RejectTimeZones())
      verdict = Staging.Verdict(try transaction.one(JudgeImport()))
    }
    return (staging.rows, staging.lastLine, verdict)
  }

  /// Makes, updates and joins leads; one import at a time in a workspace.
  private static func merge(
    _ call: Call, _ verdict: Staging.Verdict, lastLine: Int, into batch: String, _ transaction: borrowing Transaction
  ) throws -> (created: Int, known: Int, updated: Int) {
    try transaction.run(LockWorkspace(purpose: "import"))
    var matched = try transaction.one(MatchLeadsByEmail()).matched
    if verdict.seemRepeated > 0 { matched += try transaction.one(MatchRepeatedEmails()).matched }
    if verdict.withoutEmail > 0 { matched += try transaction.one(MatchLeadsByPhone()).matched }
    do throws(DatabaseError) {
      try transaction.run(CreateLeads())
    } catch {
      guard error.sqlState == .uniqueViolation else { throw error }
      let sentence = "somebody else has just made a lead with an email of this file: import it again"
      throw Failure(.tryAgain, sentence, detail: error.detail)
    }
    try transaction.run(JoinBatch(batch: batch, lastLine: lastLine))
    // Last: what it writes over leads that are there is committed before all else is.
    let old = matched > 0 ? try Changes.write(call, transaction) : (known: 0, updated: 0)
    return (created: verdict.usable - matched, known: old.known, updated: old.updated)
  }

  /// Writes all rejects to the file, if there is one, page by page; answers the first ten.
  private static func writeRejects(
    to file: RejectsFile?, _ transaction: borrowing Transaction
  ) throws -> ArraySlice<ListImportRejects.Row> {
    var page = try transaction.run(ListImportRejects(after: 0, limit: file == nil ? 10 : 1000))
    let first = page.prefix(10)
    guard let file else { return first }
    while let last = page.last {
      try file.write(page)
      page = try transaction.run(ListImportRejects(after: last.line, limit: 1000))
    }
    try file.finish()
    return first
  }
}
