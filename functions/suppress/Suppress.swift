import Campaign
import Function
import Postgres
import Steps

@main
struct Suppress: Function {
  static let address = Argument<String?>.optional(
    "address", .positional, .text, "an email address, a phone number, or a whole domain")
  static let channels = ["all", "email", "whatsapp", "voice"]
  static let channel = Argument<String?>.optional(
    "channel", .option, .oneOf(channels, placeholder: "CHANNEL"), "all, email, whatsapp or voice (all unless given)")
  static let reason = Argument.standard("reason", .option, .text, "on request", "why; every skipped message says it")
  static let csv = Argument<String?>.optional(
    "csv", .option, .path, "a CSV of them: address (or email, phone, domain), channel, reason; - is standard input")
  static let remove = Argument.flag("remove", "takes them off the list again")
  static let list = Argument.flag("list", "prints the list, or what is on it of ADDRESS, as JSON lines")

  static let manual = Manual(
    "suppress", "who must not be contacted any more: addresses and whole domains",
    discussion: """
      Adds an address to the list, or, with --csv, every row of a file. From then on no claim takes a message
      to it: such messages are skipped when they come due, with the reason. What a mail server has already is
      not called back. An address that a server says does not exist is added by itself.

      Addresses are compared without case. A domain is the part behind the @, exactly: acme.test does not
      cover mail.acme.test. A file is taken whole or, if one row is wrong, not at all.
      """,
    arguments: [
      address.declaration, channel.declaration, reason.declaration, csv.declaration, remove.declaration,
      list.declaration,
    ], exits: [.data, .noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let (given, path) = (call[address], call[csv])
    guard !call[list] else {
      guard path == nil, !call[remove] else { throw Failure(.usage, "--list goes with ADDRESS, and with nothing else") }
      return try printList(call, given.map { try Entry.value($0) })
    }
    guard (given == nil) != (path == nil) else {
      throw Failure(.usage, "give either ADDRESS or --csv FILE, or --list")
    }
    let entries: [Entry]
    if let path {
      entries = try Entry.read(path, call)
    } else {
      entries = [Entry(value: try Entry.value(given ?? ""), channel: call[channel], reason: call[reason])]
    }

    let database = try call.database()
    return try call[remove] ? takeOff(entries, database) : add(entries, database)
  }

  private static func add(_ entries: [Entry], _ database: Connection) throws -> Report {
    let result = try database.transaction { transaction in
      try transaction.one(
        AddSuppressions(
          values: entries.map(\.value), channels: entries.map { $0.channel ?? "all" }, reasons: entries.map(\.reason),
          source: "suppress"))
    }
    return Report(["added": .int(result.added), "known": .int(result.known)])
  }

  /// A file's channel column says which entry is meant, row by row; without one every entry of the address goes.
  private static func takeOff(_ entries: [Entry], _ database: Connection) throws -> Report {
    let removed = try database.transaction { transaction in
      try Dictionary(grouping: entries, by: \.channel).sorted { ($0.key ?? "") < ($1.key ?? "") }.reduce(0) {
        sum, group in
        try sum + transaction.one(RemoveSuppressions(values: group.value.map(\.value), channel: group.key)).removed
      }
    }
    guard removed > 0 else { throw Failure(.noSuchThing, "nothing of this is on the list") }
    return Report(["removed": .int(removed)])
  }

  private static func printList(_ call: Call, _ value: String?) throws -> Report {
    let database = try call.database()
    var last = (value: "", channel: "")
    while true {
      let page = try database.transaction { transaction in
        try transaction.run(
          ListSuppressions(value: value, afterValue: last.value, afterChannel: last.channel, limit: 1000))
      }
      try StandardIO.write(
        page.flatMap { row -> [UInt8] in
          let line: JSON = [
            "address": .string(row.value), "channel": .string(row.channel), "reason": .string(row.reason),
            "source": .string(row.source), "since": .string(row.since),
          ]
          return line.encoded() + [0x0A]
        })
      guard page.count == 1000, let end = page.last else { return .written }
      last = (end.value, end.channel)
    }
  }
}
