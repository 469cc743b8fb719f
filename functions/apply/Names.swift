import Postgres
import Steps

/// What the names of a document mean: the things of the workspace, and those of the document itself.
struct Names {
  enum Kind: String { case sender, template, workflow, campaign, batch, lead }

  /// Something that has a name.
  struct Thing {
    /// Nil until it is written.
    var id: String?
    /// The channel of a sender or a template, the channels of a workflow's steps.
    var channels: Set<String> = []
    /// Where the document defines it.
    var path: String?
  }

  /// By kind and name, byte for byte: to Swift an é is equal to an e with an accent behind it, to PostgreSQL it is not.
  private var things: [[UInt8]: Thing] = [:]
  private var plans: [String: LoadCampaignPlans.Row] = [:]
  private var unknownTimeZones: Set<String> = []

  /// Looks up what a document can refer to, and locks the campaigns that it names.
  init(for document: Document, _ transaction: borrowing Transaction) throws(DatabaseError) {
    let emails = document.campaigns.flatMap { $0.leads.map(\.name) }
    let zones = Names.timeZones(of: document).map(\.name)
    // The server reads its whole database of time zones for this.
    if !zones.isEmpty {
      unknownTimeZones = Set(try transaction.run(FindUnknownTimeZones(names: zones)).map(\.name))
    }
    // A claim that is under way goes by the old rules: what it puts aside must be there when the new ones let it go.
    var campaigns: [FindCampaign.Row] = []
    for one in document.campaigns { campaigns += try transaction.run(FindCampaign(name: one.name.name)) }
    for campaign in campaigns.filter({ $0.status != "draft" }).sorted(by: { $0.barrier < $1.barrier }) {
      try transaction.run(HoldBarrier(barrier: campaign.barrier))
    }
    try transaction.run(GoByKeys())
    for row in try transaction.run(LoadCampaignPlans(names: document.campaigns.map(\.name.name))) {
      plans[row.id] = row
      things[Names.key(.campaign, row.name)] = Thing(id: row.id)
    }
    for row in try transaction.run(LoadNames(names: Names.references(of: document), emails: emails)) {
      guard let kind = Kind(rawValue: row.kind) else { continue }
      let channels = Set((row.channels ?? "").split(separator: ",").map(String.init))
      things[Names.key(kind, row.name)] = Thing(id: row.id, channels: channels)
    }
  }

  /// Every name in a document but those of campaigns and leads.
  private static func references(of document: Document) -> [String] {
    var names = document.senders.map(\.name) + document.templates.map(\.name)
    for one in document.workflows { names += [one.name] + one.steps.map(\.template) }
    for one in document.campaigns {
      names += [one.workflow, one.template].compactMap(\.self) + one.senders + one.batches
    }
    return names.map(\.name)
  }

  private static func timeZones(of document: Document) -> [Reference] {
    document.senders.compactMap(\.timeZone)
      + document.campaigns.compactMap { $0.window?.timeZone }.filter { $0.name != "lead" }
  }

  private static func key(_ kind: Kind, _ name: String) -> [UInt8] { Array("\(kind.rawValue)/\(name)".utf8) }

  subscript(kind: Kind, reference: Reference) -> Thing? {
    get { things[Names.key(kind, reference.name)] }
    set { things[Names.key(kind, reference.name)] = newValue }
  }

  /// The state in which a campaign was found.
  func status(of campaign: Reference) -> String? { self[.campaign, campaign]?.id.flatMap { plans[$0]?.status } }

  /// Notes what the document says that the rest of it or the workspace contradicts.
  mutating func check(_ document: Document, _ mistakes: Mistakes) {
    for zone in Names.timeZones(of: document) where unknownTimeZones.contains(zone.name) {
      mistakes.add(zone.path, "there is no time zone \"\(shown(zone.name))\"; it must be like Europe/London")
    }
    for one in document.senders { define(.sender, one.name, [one.channel], at: one.path, mistakes) }
    for one in document.templates { define(.template, one.name, [one.channel], at: one.path, mistakes) }
    for one in document.workflows {
      let templates = one.steps.compactMap { resolve(.template, $0.template, mistakes) }
      let channels = templates.reduce(into: Set()) { $0.formUnion($1.channels) }
      define(.workflow, one.name, channels, at: one.path, mistakes)
    }
    for one in document.campaigns {
      define(.campaign, one.name, [], at: one.path, mistakes)
      check(one, mistakes)
    }
  }

  private mutating func define(
    _ kind: Kind, _ name: Reference, _ channels: Set<String>, at path: String, _ mistakes: Mistakes
  ) {
    guard !name.name.isEmpty else { return }
    let was = self[kind, name]
    if let first = was?.path {
      mistakes.add(name.path, "there is a \(kind) \"\(shown(name.name))\" already, in \(first)")
    } else if let old = was?.channels.first, let new = channels.first, kind != .workflow, !new.isEmpty, new != old {
      mistakes.add("\(path).channel", "cannot change, and is \(old) in the workspace; take another name")
    }
    self[kind, name] = Thing(id: was?.id, channels: channels, path: was?.path ?? path)
  }

  private func check(_ campaign: Document.Campaign, _ mistakes: Mistakes) {
    let plan = [
      campaign.workflow.flatMap { resolve(.workflow, $0, mistakes) },
      campaign.template.flatMap { resolve(.template, $0, mistakes) },
    ]
    let senders = resolve(.sender, campaign.senders, mistakes)
    let batches = resolve(.batch, campaign.batches, mistakes)
    let leads = resolve(.lead, campaign.leads, mistakes)
    if let senders, !senders.isEmpty {
      let needed = plan.reduce(into: Set()) { $0.formUnion($1?.channels ?? []) }
      let had = senders.reduce(into: Set()) { $0.formUnion($1.channels) }
      for channel in needed.subtracting(had).subtracting([""]).sorted() where !had.contains("") {
        mistakes.add("\(campaign.path).senders", "there is none for the channel \(channel), which a step needs")
      }
    }
    guard let id = self[.campaign, campaign.name]?.id, let stored = plans[id], stored.status != "draft" else { return }
    func keep(_ key: String, _ isSame: Bool) {
      guard !isSame else { return }
      mistakes.add("\(campaign.path).\(key)", "cannot change any more: the campaign is \(stored.status)")
    }
    keep("type", campaign.type == stored.type)
    if plan.contains(where: { $0 != nil }) {
      let isSame = plan[0]?.id == stored.workflow && plan[1]?.id == stored.template
      keep(campaign.workflow == nil ? "template" : "workflow", isSame)
    }
    for (key, things, ids) in [
      ("senders", senders, stored.senders), ("batches", batches, stored.batches), ("leads", leads, stored.leads),
    ] {
      if let things { keep(key, Set(things.map(\.id)) == Set(ids)) }
    }
  }

  /// Nil, and a mistake, where there is no such thing.
  private func resolve(_ kind: Kind, _ reference: Reference, _ mistakes: Mistakes) -> Thing? {
    guard !reference.name.isEmpty else { return nil }
    if let thing = self[kind, reference] { return thing }
    let problem =
      switch kind {
      // An address is not shown: this is printed where logs are kept.
      case .lead: "there is no lead with this address; import it first"
      case .batch: "there is no batch \"\(shown(reference.name))\"; import it first: import-leads --batch NAME"
      default: "there is no \(kind) \"\(shown(reference.name))\""
      }
    mistakes.add(reference.path, problem)
    return nil
  }

  /// Nil unless each is there; one that stands twice is a mistake, but for leads also under another spelling.
  private func resolve(_ kind: Kind, _ references: [Reference], _ mistakes: Mistakes) -> [Thing]? {
    var seen: Set<[UInt8]> = []
    let things = references.map { reference -> Thing? in
      guard let thing = resolve(kind, reference, mistakes) else { return nil }
      let identity = thing.id.map { Array($0.utf8) } ?? Names.key(kind, reference.name)
      if !seen.insert(identity).inserted { mistakes.add(reference.path, "stands twice in this list") }
      return thing
    }
    let found = things.compactMap { $0 }
    return found.count == things.count ? found : nil
  }
}
