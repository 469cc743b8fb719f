import Campaign

/// The document with its types; what was wrong in it has been noted, and stands here as something harmless.
struct Document {
  let senders: [Sender]
  let templates: [Letter]
  let workflows: [Workflow]
  let campaigns: [Campaign]

  init(_ tree: Tree, _ mistakes: Mistakes) {
    let fields = Fields(tree, "document", mistakes)
    senders = fields.mappings("senders", of: "sender") { Sender($0) }
    templates = fields.mappings("templates", of: "template") { Letter($0) }
    workflows = fields.mappings("workflows", of: "workflow") { Workflow($0) }
    campaigns = fields.mappings("campaigns", of: "campaign") { Campaign($0) }
    fields.complainAboutUnread()
  }

  struct Sender {
    let path: String
    let name: Reference
    let channel: String
    let from: String
    let url: String
    let username: String?
    let passwordVariable: String?
    let tokenVariable: String?
    let allowsCleartext: Bool
    let helo: String?
    let connections: Int
    let lease: Span
    let timeout: Span
    let timeZone: Reference?
    let pace: Pace?
    let dailyCap: Int?
    let warmUp: (start: Int, factor: String)?
    let domains: [(name: String, pace: Pace)]

    init(_ fields: Fields) {
      path = fields.path
      name = fields.required("name", .reference) ?? .none
      channel = fields.required("channel", .oneOf(["email"], later: notKeptYet.channels)) ?? ""
      from = fields.required("from", .mailbox) ?? ""
      url = fields.required("url", .mailServer) ?? ""
      username = fields.optional("username", .name)
      passwordVariable = fields.optional("password_env", .secretVariable)
      tokenVariable = fields.optional("token_env", .secretVariable)
      allowsCleartext = fields.optional("allow_cleartext", .yesOrNo) ?? false
      helo = fields.optional("helo", .helo)
      connections = fields.standard("connections", .count(1...1000), 8)
      lease = fields.standard("lease", .duration("2s"..."1h"), "60s")
      timeout = fields.standard("timeout", .duration("100ms"..."1h"), "30s")
      timeZone = fields.optional("time_zone", .reference)
      pace = fields.optionalMapping("pace") { Pace($0, takesDelay: true) } ?? nil
      dailyCap = fields.optional("daily_cap", .count(1...1_000_000_000))
      warmUp =
        fields.optionalMapping("warm_up") { warmUp in
          // All are read before any is judged: what was not read is taken for a key that does not exist.
          let start = warmUp.required("start", .count(1...1_000_000))
          let factor = warmUp.required("factor", .decimal(1...100))
          guard let start, let factor else { return nil }
          return (start, factor)
        } ?? nil
      var named: Set<String> = []
      domains = fields.entries("domains", of: "domain") { name, domain in
        let lowercased = name.lowercased()
        if !isDomain(lowercased) { domain.note(nil, "the key must be a domain, like gmail.com") }
        if !named.insert(lowercased).inserted { domain.note(nil, "stands twice, if case is set aside") }
        return Pace(domain, takesDelay: false).map { (lowercased, $0) }
      }.compactMap { $0 }
      if (fields.has("daily_cap") || fields.has("warm_up")) && !fields.has("time_zone") {
        fields.note("time_zone", "is missing: a day begins and ends somewhere")
      }
      let secrets = ["password_env", "token_env"].count { fields.has($0) }
      if secrets != (fields.has("username") ? 1 : 0) {
        fields.note(nil, "username and either password_env or token_env are given together or not at all")
      } else if passwordVariable != nil || tokenVariable != nil, !allowsCleartext, Host.isReachedInClear(url) {
        fields.note(
          "url",
          "would send the \(tokenVariable == nil ? "password" : "token") over the network without encryption: "
            + "use smtp+starttls:// or smtps://, or say allow_cleartext: true")
      }
      // The CHECK senders_lease_outlasts_timeout, in the same whole numbers: whoever changes one changes both.
      if !fields.isWrong("lease") && !fields.isWrong("timeout")
        && 4 * (lease.milliseconds - timeout.milliseconds) < max(4000, timeout.milliseconds)
      {
        let problem = "must be longer than the timeout by 1s and by a quarter of it"
        fields.note("lease", "\(problem), and is \(lease) with a timeout of \(timeout)")
      }
    }
  }

  /// A template; its name here keeps it apart from the module's.
  struct Letter {
    let path: String
    let name: Reference
    let channel: String
    let subject: Part?
    let text: Part?
    let html: Part?

    init(_ fields: Fields) {
      path = fields.path
      name = fields.required("name", .reference) ?? .none
      channel = fields.required("channel", .oneOf(["email"], later: notKeptYet.channels)) ?? ""
      subject = fields.required("subject", .subject)
      text = fields.required("text", .template(.none))
      html = fields.optional("html", .template(.html))
    }

    /// What must have a value for some lead; the others always have one (DESIGN §8).
    var variables: [String] {
      var seen: Set = ["first_name", "contact_name", "campaign_name"]
      return [subject, text, html].flatMap { $0?.variables ?? [] }.filter { seen.insert($0).inserted }
    }
  }

  struct Workflow {
    let path: String
    let name: Reference
    let steps: [(template: Reference, days: Int)]

    init(_ fields: Fields) {
      path = fields.path
      name = fields.required("name", .reference) ?? .none
      steps = fields.mappings("steps", of: "step", isRequired: true) { step in
        (
          step.required("template", .reference) ?? .none,
          step.standard("days_after_previous", .count(0...3650), 0)
        )
      }
      if steps.count > 100 { fields.note("steps", "must not be more than 100, and are \(steps.count)") }
    }
  }

  struct Campaign {
    let path: String
    let name: Reference
    let type: String
    let workflow: Reference?
    let template: Reference?
    let senders: [Reference]
    let batches: [Reference]
    let leads: [Reference]
    let retryTimes: Int
    let retryAfter: Span
    let onUnknown: String
    let window: Window?
    let minGap: Span
    let startAt: String?
    let order: String

    init(_ fields: Fields) {
      path = fields.path
      name = fields.required("name", .reference) ?? .none
      type = fields.standard("type", .oneOf(["outreach"], later: notKeptYet.types), "outreach")
      workflow = fields.optional("workflow", .reference)
      template = fields.optional("template", .reference)
      senders = fields.list("senders", .reference, isRequired: true)
      batches = fields.list("batches", .reference)
      leads = fields.list("leads", .reference)
      (retryTimes, retryAfter) = fields.mapping("retry") { retry in
        (retry.standard("times", .count(0...100), 3), retry.standard("after", .duration("0s"..."8760h"), "1h"))
      }
      onUnknown = fields.standard("on_unknown", .oneOf(["hold", "resend"]), "hold")
      window = fields.optionalMapping("window") { Window($0) } ?? nil
      minGap = fields.standard("min_gap", .duration("0s"..."8760h"), "24h")
      startAt = fields.optional("start_at", .instant)
      order = fields.standard("order", .oneOf(["follow_ups_first", "first_steps_first"]), "follow_ups_first")
      if fields.has("workflow") == fields.has("template") {
        fields.note(nil, "must have either a workflow or a template")
      }
      if !fields.has("batches") && !fields.has("leads") { fields.note(nil, "must have batches or leads") }
    }
  }
}

/// When a campaign sends.
struct Window {
  let days: [Int]
  let from: String
  let to: String
  /// `lead` is each lead's own.
  let timeZone: Reference

  init?(_ fields: Fields) {
    let listed = fields.list("days", .weekday)
    days = fields.has("days") ? Set(listed).sorted() : Array(1...7)
    let from = fields.required("from", .timeOfDay(endsDay: false))
    let to = fields.required("to", .timeOfDay(endsDay: true))
    let timeZone = fields.required("time_zone", .reference)
    guard let from, let to, let timeZone, !days.isEmpty else { return nil }
    if from == to { fields.note("to", "must not be the same as from; the whole day is 00:00 to 24:00") }
    (self.from, self.to, self.timeZone) = (from, to, timeZone)
  }
}

/// A name, and where it stands.
struct Reference {
  let name: String
  let path: String

  /// Stands for a name that was wrong.
  static let none = Reference(name: "", path: "")
}

extension Rule where Value == Reference {
  static let reference = Rule { (tree) throws(Problem) in
    Reference(name: try Rule<String>.name.read(tree), path: tree.path)
  }
}
