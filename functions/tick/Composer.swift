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

  /// Compiles what the steps of the running campaigns say.
  init(_ rows: [LoadTemplates.Row]) {
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
  /// - Throws: `.data` when the lead's address cannot be used, `.configuration` when the template cannot.
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
    let values = Variables(claimed)
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
  private let attributes: [JSON.Member]

  init(_ claimed: ClaimMessages.Row) {
    self.claimed = claimed
    if claimed.attributes != "{}", case .object(let members)? = try? JSON(parsing: Array(claimed.attributes.utf8)) {
      attributes = members
    } else {
      attributes = []
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
    default: attribute(variable)
    }
  }

  private func attribute(_ name: String) -> String? {
    guard case .string(let text)? = attributes.last(where: { $0.key == name })?.value else { return nil }
    return text
  }
}
