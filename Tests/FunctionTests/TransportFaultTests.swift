import Foundation
import Support
import Testing

/// DESIGN §4.2 and §7, from the mail server's side: it fails one of three mails, in every way at every point of the
/// dialogue.
@Suite struct TransportFaultTests {
  /// Where in the dialogue of RFC 5321 it fails.
  private enum Point: String, CaseIterable {
    /// Before a mail: nobody listens; instead of the greeting; in answer to EHLO.
    case listen, connect, ehlo
    /// In answer to a command of the mail.
    case mail, rcpt, data
    /// While the mail is being written, the final dot not yet; and when all of it is, and nothing of it was read.
    case middle, body
    /// In answer to the final dot: with the mail not accepted, and with the mail accepted.
    case dot, accepted
    /// After the answer to it; in answer to QUIT.
    case idle, quit
  }

  private enum Fault: String, CaseIterable { case refuse, `defer`, goodbye, garbage, close, drop, hang }

  /// What the ledger must say of a mail, and of the sender.
  private enum Fate {
    case sent, failed, deferred, unknown
    /// Refused for what is the sender's: no attempt of this mail.
    case held
    /// Not begun, or given back.
    case untouched

    /// Its state and its attempts.
    var ledger: String {
      switch self {
      case .sent: "sent 1"
      case .failed: "failed 1"
      case .deferred: "pending 1"
      case .unknown: "unknown 1"
      case .held, .untouched: "pending 0"
      }
    }
  }

  private struct Cell {
    let point: Point
    let fault: Fault
    let isPipelining: Bool

    /// A name that is a part of the addresses too, so it must not be a part of another one's.
    var name: String { "\(point)-\(fault)-\(isPipelining ? "ahead" : "inturn")" }

    /// The server's rule; nil where there is no server.
    var rule: String? {
      let place = point == .middle ? "body" : point.rawValue
      var members = [#""at":"\#(place)""#]
      switch point {
      case .listen: return nil
      case .connect, .ehlo, .quit: break
      // At MAIL nobody has been named yet.
      case .mail: members.append(#""message":2"#)
      case .middle: members.append(#""recipient":"-2@","after":1000"#)
      case .rcpt, .data, .body, .dot, .accepted, .idle: members.append(#""recipient":"-2@""#)
      }
      switch fault {
      // In words that mean the sender at MAIL, and the mail elsewhere.
      case .refuse:
        let text =
          switch point {
          case .rcpt: "550 5.1.1 no such user here"
          case .data, .middle, .body, .dot, .accepted: "552 5.3.4 message too big"
          default: "550 5.7.1 no"
          }
        members.append(#""do":"reply","text":"\#(text)""#)
      case .defer:
        let isOfMail = [.rcpt, .data, .middle, .body, .dot, .accepted].contains(point)
        let text = isOfMail ? "452 4.2.2 mailbox full" : "451 4.3.0 later"
        members.append(#""do":"reply","text":"\#(text)""#)
      case .goodbye: members.append(#""do":"reply","text":"421 4.3.2 closing""#)
      case .garbage: members.append(#""do":"garbage""#)
      case .close: members.append(#""do":"close""#)
      case .drop: members.append(#""do":"drop""#)
      // A server that went on reading would take the whole mail.
      case .hang: members.append(#""do":"hang","read":\#(point != .middle)"#)
      }
      return "[{\(members.joined(separator: ","))}]"
    }

    /// What becomes of the three mails, which go over one connection, and whether the sender stops.
    ///
    /// It follows from two questions. Had the final dot been written? Then nothing but an answer says that the mail was not
    /// accepted. Was there an answer? Then that one counts: whose fault it says, and whether for good or for now.
    var fates: (mails: [Fate], stops: Bool) {
      switch point {
      case .listen, .connect, .ehlo:
        // No mail was begun, so no mail pays for it.
        return ([.untouched, .untouched, .untouched], true)
      case .mail:
        switch fault {
        // MAIL has nothing of the lead: it is the sender who is refused, for good or for now.
        case .refuse, .defer, .hang: return ([.sent, .held, .untouched], true)
        // The connection ends between two mails; the second goes over another one.
        case .goodbye, .garbage, .close, .drop: return ([.sent, .sent, .sent], false)
        }
      case .rcpt, .data, .middle:
        switch fault {
        case .refuse: return ([.sent, .failed, .sent], false)
        case .defer: return ([.sent, .deferred, .sent], false)
        // A server that closes speaks of itself; once among mails that it takes is no reason to rest.
        case .goodbye: return ([.sent, .held, .sent], false)
        case .garbage, .close, .drop, .hang: return ([.sent, point == .rcpt ? .held : .deferred, .sent], false)
        }
      case .body, .dot, .accepted:
        switch fault {
        case .refuse: return ([.sent, .failed, .sent], false)
        case .defer: return ([.sent, .deferred, .sent], false)
        case .goodbye: return ([.sent, .held, .sent], false)
        case .garbage, .close, .drop, .hang: return ([.sent, .unknown, .sent], false)
        }
      // The server stays silent from then on: the third mail meets that.
      case .idle: return ([.sent, .sent, fault == .hang ? .held : .sent], fault == .hang)
      case .quit: return ([.sent, .sent, .sent], false)
      }
    }

    /// Whether a server could do that: it does not refuse what it has accepted, and says nothing unasked but good-bye.
    /// In the middle of the mail it is all one what was sent ahead before it; and one that reads on, to say garbage or to
    /// close in order, may have the final dot before it is heard.
    var isPossible: Bool {
      switch point {
      case .listen: fault == .refuse
      case .middle: isPipelining && ![.garbage, .close].contains(fault)
      case .accepted: ![.refuse, .defer, .goodbye].contains(fault)
      case .idle: ![.refuse, .defer, .garbage].contains(fault)
      default: true
      }
    }

    static func all(at points: [Point]) -> [Cell] {
      [true, false].flatMap { isPipelining in
        points.flatMap { point in
          Fault.allCases.map { Cell(point: point, fault: $0, isPipelining: isPipelining) }
        }
      }.filter(\.isPossible)
    }
  }

  /// `deferred` where it must be `unknown` is a mail sent twice; `unknown` where it must be `deferred` is one that nobody
  /// sends; and a lead who pays for the sender's password has lost an attempt for nothing.
  @Test("Wherever and however a mail server fails one of three mails, the ledger says of each what is known of it")
  func everywhere() async throws { try await fail(Point.allCases.filter { $0 != .middle }, together: true) }

  /// A mail that is longer than what the kernel takes: here the final dot is known not to have been written, and the mail
  /// is not unknown. One at a time, because it takes a tick long to make such mails.
  @Test("A mail that the server stops taking in the middle is deferred, or refused if it says so, and never unknown")
  func middle() async throws { try await fail([.middle], together: false) }

  /// A campaign for each cell, with a server of its own; all in one tick, or each in one of its own.
  private func fail(_ points: [Point], together: Bool) async throws {
    let workspace = try await Workspace()
    let cells = Cell.all(at: points)
    var servers: [SMTPServer] = []
    var seeding: [String] = []
    for isPipelining in [true, false] {
      let some = cells.filter { $0.isPipelining == isPipelining }
      let scripts = some.compactMap(\.rule)
      guard !scripts.isEmpty else { continue }
      // A small window, so that a mail can stop in the middle.
      let server = try await SMTPServer(
        scripts: scripts, options: ["--receive-buffer", "4096"] + (isPipelining ? [] : ["--no-pipelining"]))
      servers.append(server)
      var ports = server.ports[...]
      for cell in some {
        let port = cell.rule == nil ? 1 : ports.removeFirst()
        seeding.append(Workspace.seeding(cell.name, port: port, leads: 3, connections: 1, lease: 20, timeout: 4))
      }
    }
    // 3 MB: more than a socket holds whose other end does not read.
    seeding.append(
      """
      update email_templates set text = '{{filler}}' where name like 'middle-%';
      update leads set attributes = jsonb_build_object('filler', repeat(repeat('x', 70) || chr(10), 45000))
      where email like 'middle-%-2@x.test';
      """)
    try await workspace.sql(seeding.joined(separator: "\n"))
    var stopped: Set<String> = []
    for some in together ? [cells] : cells.map({ [$0] }) {
      for cell in some {
        let started = try await workspace.run("start-campaign", [cell.name])
        try #require(started.exit == 0, "\(started.errors)")
      }
      let tick = try await workspace.run("tick")
      let names = (tick.json["stopped"] as? [[String: Any]] ?? []).compactMap { $0["sender"] as? String }
      #expect(tick.exit == (names.isEmpty ? 0 : 69), "\(tick.errors.suffix(2000))")
      stopped.formUnion(names)
    }
    #expect(stopped == Set(cells.filter(\.fates.stops).map { "\($0.name)-mail" }))

    let rows = try await workspace.sql(
      """
      select l.email, m.status || ' ' || m.attempt, m.failure_reason is not null
      from messages m join leads l on l.id = m.lead_id
      """
    ).map { $0.split(separator: "|").map(String.init) }
    let ledger = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0) })
    let accepted = Dictionary(try servers.flatMap { try $0.accepted() }.map { ($0, 1) }, uniquingKeysWith: +)
    var (ends, faults) = ([Fate: Int](), [String]())
    for cell in cells {
      for (index, fate) in cell.fates.mails.enumerated() {
        let address = "\(cell.name)-\(index + 1)@x.test"
        ends[fate, default: 0] += 1
        let row = try #require(ledger[address])
        // Closing behind its good-bye, with what we write unread, the server breaks the connection: the good-bye may be lost.
        let isLost = cell.point == .middle && cell.fault == .goodbye && fate == .held
        let isRight = row[1] == fate.ledger || isLost && row[1] == Fate.deferred.ledger
        if !isRight { faults.append("\(address): \(row[1]), and not \(fate.ledger)") }
        let saysWhy = row[2] == "t"
        if saysWhy != [.failed, .deferred, .unknown, .held].contains(fate) {
          faults.append("\(address): why it was not sent")
        }
        let times = fate == .sent || fate == .unknown && cell.point == .accepted ? 1 : 0
        let was = accepted[address, default: 0]
        if was != times { faults.append("\(address): accepted \(was) times, and not \(times)") }
      }
    }
    #expect(faults == [])
    let met = try servers.map { server in
      Set(try server.events().filter { $0.name == "script" }.map { $0.fields["server"] as? Int }).count
    }.reduce(0, +)
    #expect(met == cells.count { $0.rule != nil }, "some faults were not met")
    #expect(
      Set(try await workspace.sql("select name from campaigns where status = 'completed'"))
        == Set(cells.filter { $0.fates.mails.allSatisfy { ![.deferred, .held, .untouched].contains($0) } }.map(\.name)))
    #expect(try await workspace.wrongCounters() == [])
    print(
      "transport faults: \(cells.count) cells, mails by their end: \(ends.map { "\($0.value) \($0.key)" }.sorted())")
  }
}
