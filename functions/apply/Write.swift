import Function
import Postgres
import Steps

extension Document {
  /// Writes a document that was checked; says how many of each it had, and which are new.
  ///
  /// - Throws: `.data` when an open campaign uses a template that asks for something now that none of its leads has.
  func write(into names: inout Names, _ call: Call, _ transaction: borrowing Transaction) throws -> JSON {
    var created: [Names.Kind: [JSON]] = [:]
    func note(_ kind: Names.Kind, _ name: Reference, _ id: String) {
      if names[kind, name]?.id == nil { created[kind, default: []].append(.string(name.name)) }
      names[kind, name]?.id = id
    }
    func ids(_ kind: Names.Kind, _ references: [Reference]) -> [String] {
      references.compactMap { names[kind, $0]?.id }
    }

    // Behind all the senders' rows, in the order of all locks.
    var holds: [(sender: String, rules: [String])] = []
    for sender in senders {
      let statement = UpsertSender(
        name: sender.name.name, channel: sender.channel, from: sender.from, url: sender.url, username: sender.username,
        passwordVariable: sender.passwordVariable, connections: sender.connections, lease: sender.lease.seconds,
        timeout: sender.timeout.seconds, timeZone: sender.timeZone?.name, paceCount: sender.pace?.rate?.count,
        pacePeriod: sender.pace?.rate?.period, delayMin: sender.pace?.delay?.min.seconds,
        delayMax: sender.pace?.delay?.max.seconds, dailyCap: sender.dailyCap, warmUpStart: sender.warmUp?.start,
        warmUpFactor: sender.warmUp?.factor, helo: sender.helo, allowsCleartext: sender.allowsCleartext,
        tokenVariable: sender.tokenVariable)
      let written = try transaction.one(statement)
      note(.sender, sender.name, written.id)
      if written.countsAnew { try transaction.run(RecountSenderDays(sender: written.id)) }
      let rates = sender.domains.compactMap { domain in domain.pace.rate.map { (domain.name, $0.count, $0.period) } }
      let paces = try transaction.one(
        SetSenderDomains(
          sender: written.id, domains: rates.map(\.0), counts: rates.map(\.1), periods: rates.map(\.2)))
      // What its provider has refused is tried again, as the sender itself is.
      holds.append((written.id, paces.judgesAnew ? ["provider", "domain"] : ["provider"]))
    }
    var asking: [Letter] = []
    for template in templates {
      let statement = UpsertTemplate(
        name: template.name.name, channel: template.channel, subject: template.subject?.source,
        text: template.text?.source ?? "", html: template.html?.source, variables: template.variables)
      let written = try transaction.one(statement)
      note(.template, template.name, written.id)
      if written.asksMore { asking.append(template) }
    }
    for workflow in workflows {
      let statement = UpsertWorkflow(
        name: workflow.name.name, templates: ids(.template, workflow.steps.map(\.template)),
        days: workflow.steps.map(\.days))
      note(.workflow, workflow.name, try transaction.one(statement).id)
    }
    for campaign in campaigns {
      let statement = UpsertCampaign(
        name: campaign.name.name, type: campaign.type, workflow: campaign.workflow.flatMap { names[.workflow, $0]?.id },
        template: campaign.template.flatMap { names[.template, $0]?.id }, senders: ids(.sender, campaign.senders),
        batches: ids(.batch, campaign.batches), leads: ids(.lead, campaign.leads), retryTimes: campaign.retryTimes,
        retryAfter: campaign.retryAfter.seconds, onUnknown: campaign.onUnknown, windowDays: campaign.window?.days,
        windowFrom: campaign.window?.from, windowTo: campaign.window?.to, windowZone: campaign.window?.timeZone.name,
        minGap: campaign.minGap.seconds, startAt: campaign.startAt, order: campaign.order)
      let written = try transaction.one(statement)
      note(.campaign, campaign.name, written.id)
      if written.judgesAnew { try transaction.run(ReleaseHeld(campaign: written.id)) }
      if campaign.startAt == nil, ["scheduled", "paused"].contains(names.status(of: campaign.name) ?? "") {
        try transaction.run(ExplainChange(actor: nil, reason: "its start time was taken out of its document"))
        if try transaction.one(MarkDraft(campaign: written.id)).isDraft {
          call.log.notice(
            "a campaign has no start time any more: it is a draft again, and its batches are free",
            metadata: ["campaign": "\(campaign.name.name)"])
        }
        try transaction.run(ExplainChange(actor: nil, reason: nil))
      }
    }
    for hold in holds { try transaction.run(ReleaseSenderHolds(sender: hold.sender, rules: hold.rules)) }
    try check(asking, ids(.template, asking.map(\.name)), transaction)
    return [
      "senders": .int(senders.count), "templates": .int(templates.count), "workflows": .int(workflows.count),
      "campaigns": .int(campaigns.count),
      "created": [
        "senders": .array(created[.sender] ?? []), "templates": .array(created[.template] ?? []),
        "workflows": .array(created[.workflow] ?? []), "campaigns": .array(created[.campaign] ?? []),
      ],
    ]
  }

  /// Refuses what a start would refuse: a variable for which no lead of a campaign has a value, in the templates of the
  /// document that ask for more than before, for every campaign that uses one of them and is open.
  private func check(_ templates: [Letter], _ ids: [String], _ transaction: borrowing Transaction) throws {
    guard !templates.isEmpty else { return }
    func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
    var problems: [String] = []
    var unmet: [String: [FindUnmetVariables.Row]] = [:]
    for use in try transaction.run(FindTemplateUsers(templates: ids)) {
      guard let template = templates.first(where: { isSame($0.name.name, use.template) }) else { continue }
      if unmet[use.id] == nil { unmet[use.id] = try transaction.run(FindUnmetVariables(campaign: use.id)) }
      for row in unmet[use.id, default: []] where isSame(row.template, use.template) {
        problems.append(
          "\(template.path): the template \"\(shown(use.template))\" uses {{\(shown(row.variable))}}, and no lead of the "
            + "campaign \"\(shown(use.name))\", which is \(use.status), has a value for it")
      }
    }
    guard problems.isEmpty else { throw Failure(.data, problems) }
  }
}

extension Pace {
  /// A number and its period, in PostgreSQL's words.
  fileprivate var rate: (count: Int, period: String)? {
    if case .rate(let count, let period) = self { (count, period) } else { nil }
  }

  /// The bounds of a random delay.
  fileprivate var delay: (min: Span, max: Span)? {
    if case .delay(let min, let max) = self { (min, max) } else { nil }
  }
}
