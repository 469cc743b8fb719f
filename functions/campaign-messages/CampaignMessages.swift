import Campaign
import Function
import Glibc
import Ledger
import Postgres
import Steps

@main
struct CampaignMessages: Function {
  static let name = Argument.required("name", .positional, .text, "the campaign")
  static let states = ["pending", "sending", "sent", "failed", "skipped", "cancelled", "unknown"]
  static let state = Argument<String?>.optional(
    "state", .option, .oneOf(states, placeholder: "STATE"),
    "only messages in this state: \(states.joined(separator: ", "))")
  static let step = Argument<Int?>.optional("step", .option, .integer(1...1000), "only messages of this step")
  static let format = Argument.standard("format", .option, .oneOf(["json", "csv"]), "json", "JSON lines, or CSV")

  static let manual = Manual(
    "campaign-messages", "the ledger of a campaign: who did not get it, and why",
    discussion: """
      Prints one line for each message, in the order in which they were written: a JSON object, or a row of a
      CSV with a header. Times are UTC. `reason` says why a message was not sent, or not yet; times_accepted is
      2 for a message that was sent twice.
      """,
    arguments: [name.declaration, state.declaration, step.declaration, format.declaration],
    exits: [.noSuchThing])

  static func run(_ call: Call) throws -> Report {
    let (name, state, step) = (call[name], call[state], call[step])
    let isCSV = call[format] == "csv"
    let database = try call.database()
    let campaign = try database.transaction { transaction in
      try transaction.run(LoadCampaigns(name: name)).first
    }
    guard let campaign else { throw Failure(.noSuchThing, "there is no campaign \"\(name)\"") }

    if isCSV { try StandardIO.write(CSV.row(MessageLine.names)) }
    try database.pages(of: campaign.id, size: 1000) { after, through in
      let page = try database.transaction { transaction in
        try transaction.run(
          ListMessages(campaign: campaign.id, status: state, step: step, after: after, through: through))
      }
      var lines: [UInt8] = []
      for row in page {
        let line = MessageLine(row)
        lines += isCSV ? CSV.row(line.texts) : line.json.encoded() + [0x0A]
      }
      try StandardIO.write(lines)
    }
    return .written
  }
}
