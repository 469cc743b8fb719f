import Campaign
import Function
import Steps
import Template

/// Makes mails of claimed messages.
struct Composer {
  private struct Parts {
    let subject: Template
    let text: Template
    let html: Template?
  }

  private var templates: [String: Result<Parts, Failure>] = [:]

  /// Compiles what the steps of campaigns say, in place of what was loaded before under the same ids; the rest stays:
  /// messages of another campaign may have been claimed already.
  mutating func load(_ rows: [LoadTemplates.Row]) {
    for row in rows where row.channel == "email" {
      do {
        templates[row.id] = .success(
          Parts(
            subject: try Template(row.subject ?? "", escaping: .none), text: try Template(row.text, escaping: .none),
            html: try row.html.map { html throws(TemplateError) in try Template(html, escaping: .html) }))
      } catch {
        templates[row.id] = .failure(Failure(.configuration, "the template \"\(row.name)\" cannot be used: \(error)"))
      }
    }
  }

  /// The mail for a claimed message.
  ///
  /// - Throws: `.data` when the lead's address or attributes cannot be used, `.configuration` when the template cannot.
  func mail(for claimed: ClaimMessages.Row, from: Mailbox) throws(Failure) -> EmailMessage {
    guard let parts = templates[claimed.template] else {
      throw Failure(.configuration, "the template of step \(claimed.step) was not loaded: the next tick does")
    }
    let template = try parts.get()
    let address = claimed.email ?? ""
    let to: Mailbox
    do throws(MailboxError) {
      to = try Mailbox(name: claimed.contactName ?? claimed.firstName, address: address)
    } catch {
      throw Failure(.data, "the lead's address cannot be used: \(error)")
    }
    let values = try Variables(claimed)
    return EmailMessage(
      from: from, to: to, subject: template.subject.render(values), text: template.text.render(values),
      html: template.html?.render(values), date: claimed.date,
      // Made from the message's identity, so that it is the same whenever the message is sent.
      messageID: "\(claimed.id).\(claimed.campaign)@\(from.domain)")
  }
}

/// The template's variables for a claimed message.
private struct Variables: TemplateValues {
  private let claimed: ClaimMessages.Row
  /// The further columns of the lead's file; a column with the name of a variable of ours is not that variable.
  private let attributes: [(name: String, value: String)]

  /// - Throws: `.data` when the attributes cannot be read: without them the mail would go out with holes.
  init(_ claimed: ClaimMessages.Row) throws(Failure) {
    self.claimed = claimed
    guard claimed.attributes != "{}" else {
      attributes = []
      return
    }
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: Array(claimed.attributes.utf8))
    } catch {
      throw Failure(.data, "the lead's attributes cannot be read: \(error.problem)")
    }
    guard case .object(let members) = json else { throw Failure(.data, "the lead's attributes are not an object") }
    attributes = members.compactMap { member in Self.text(member.value).map { (member.key, $0) } }
  }

  /// As PostgreSQL's `->>` has it, by which start-campaign judges whether there is a value.
  private static func text(_ value: JSON) -> String? {
    switch value {
    case .null: nil
    case .string(let text): text
    case .int(let number): String(number)
    case .double(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    case .array, .object: String(decoding: value.encoded(), as: UTF8.self)
    }
  }

  func value(of variable: String) -> String? {
    switch variable {
    case "campaign_name": claimed.campaignName
    case "email": claimed.email
    case "phone": claimed.phone
    case "first_name": claimed.firstName ?? "there"
    case "contact_name": claimed.contactName ?? "there"
    case "company_name": claimed.companyName
    case "industry": claimed.industry
    case "city": claimed.city
    case "country": claimed.country
    case "website": claimed.website
    default: attribute(variable.nfc)
    }
  }

  /// A lead that was imported before names were NFC can have one column in two spellings: the one that imports write
  /// now is the newer one, unless it is empty.
  private func attribute(_ name: String) -> String? {
    let same = attributes.filter { $0.name == name && !$0.value.isEmpty }
    return (same.first { $0.name.utf8.elementsEqual(name.utf8) } ?? same.last)?.value
  }
}
