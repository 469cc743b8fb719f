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
        let message = one["message"]?.number, case .bool(let isOurs)? = one["ours"],
        case .bool(let isSuspect)? = one["suspect"]
      else { continue }
      run.append(
        Seen(
          fingerprint: fingerprint, domain: domain, message: Int(message), isOurs: isOurs, isSuspect: isSuspect))
    }
    for member in json["domains"]?.members ?? [] {
      domains[member.key] = member.value.elements.compactMap { $0.number.map { Int($0) } }
    }
    for member in json["ours"]?.members ?? [] { ours[member.key] = member.value.number }
    again = json["again"]?.elements.compactMap { $0.number.map { Int($0) } } ?? []
    twice = json["twice"]?.elements.compactMap { $0.number.map { Int($0) } } ?? []
    greylistedSince = json["greylisted_since"]?.number
    greylisted = json["greylisted"]?.elements.compactMap { $0.number.map { Int($0) } } ?? []
    restsFor = json["rests_for"]?.text
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
              "ours": .bool($0.isOurs), "suspect": .bool($0.isSuspect),
            ]
          })
      ),
      ("domains", .object(domains.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .int($0) })) })),
      ("ours", .object(ours.sorted { $0.key < $1.key }.map { ($0.key, .double($0.value)) })),
      ("again", .array(again.map { .int($0) })),
      ("twice", .array(twice.map { .int($0) })),
      ("greylisted", .array(greylisted.map { .int($0) })),
      ("greylisted_since", greylistedSince.map { .double($0) } ?? .null), ("rests_for", JSON(restsFor)),
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
        domain: row.domain ?? "", doubt: doubt, mark: row.fingerprint ?? "", times: row.times, since: row.since,
        at: row.at)
    }
  }
}

extension Judge.Held {
  private static let ours = "ours: "

  /// Its fingerprint with whether it is about us, as it is kept.
  var mark: String { (isOurs ? Judge.Held.ours : "") + fingerprint }

  init(domain: String, doubt: Judge.Doubt?, mark: String, times: Int, since: Double, at: Double) {
    let isOurs = mark.hasPrefix(Judge.Held.ours)
    self.init(
      domain: domain, doubt: doubt, fingerprint: String(mark.dropFirst(isOurs ? Judge.Held.ours.count : 0)),
      isOurs: isOurs, times: times, since: since, at: at)
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
