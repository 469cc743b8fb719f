import Campaign
import Email
import Function
import Steps

extension Judge.Memory {
  /// What an earlier tick has left; what cannot be read is forgotten, because it is found out again.
  init(json text: String?) {
    self.init()
    guard let text, let json = try? JSON(parsing: Array(text.utf8)) else { return }
    lastAccepted = json["last_accepted"]?.number
    for one in json["run"]?.elements ?? [] {
      guard let fingerprint = one["fingerprint"]?.text, let domain = one["domain"]?.text,
        let message = one["message"]?.number, case .bool(let isOurs)? = one["ours"]
      else { continue }
      run.append(Seen(fingerprint: fingerprint, domain: domain, message: Int(message), isOurs: isOurs))
    }
    for member in json["domains"]?.members ?? [] {
      domains[member.key] = member.value.elements.compactMap { $0.number.map { Int($0) } }
    }
    for member in json["ours"]?.members ?? [] { ours[member.key] = member.value.number }
  }

  /// For the next tick.
  var json: JSON {
    .object([
      ("last_accepted", lastAccepted.map { .double($0) } ?? .null),
      (
        "run",
        .array(
          run.map {
            [
              "fingerprint": .string($0.fingerprint), "domain": .string($0.domain), "message": .int($0.message),
              "ours": .bool($0.isOurs),
            ]
          })
      ),
      ("domains", .object(domains.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .int($0) })) })),
      ("ours", .object(ours.sorted { $0.key < $1.key }.map { ($0.key, .double($0.value)) })),
    ])
  }
}

extension Dictionary where Key == Int, Value == Judge.Held {
  /// The messages of a sender that are held.
  init(held rows: [LoadHeldRefusals.Row]) {
    self.init()
    for row in rows {
      let doubt = row.doubt.flatMap { Judge.Doubt.Word(rawValue: $0) }.map {
        Judge.Doubt(
          $0, reason: row.reason ?? "refused", about: row.about.flatMap { RefusalSubject(rawValue: $0) },
          fingerprint: row.fingerprint ?? "")
      }
      self[row.message] = Judge.Held(
        domain: row.domain ?? "", times: row.times, doubt: doubt, since: row.since, at: row.at)
    }
  }
}

extension JSON {
  fileprivate subscript(key: String) -> JSON? { members.last { $0.key == key }?.value }
  fileprivate var members: [Member] { if case .object(let members) = self { members } else { [] } }
  fileprivate var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
