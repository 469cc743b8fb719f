import Function
import Steps

/// One message as a line of output.
struct MessageLine {
  static let names = [
    "id", "email", "phone", "step_number", "template", "channel", "sender", "status", "attempts", "scheduled_for",
    "not_before", "sent_at", "failed_at", "unknown_since", "reason", "times_accepted", "provider_id",
  ]

  private let values: [JSON]

  init(_ row: ListMessages.Row) {
    values = [
      .int(row.id), JSON(row.email), JSON(row.phone), .int(row.step), .string(row.template), .string(row.channel),
      .string(row.sender), .string(row.status), .int(row.attempts), .string(row.scheduledFor), JSON(row.notBefore),
      JSON(row.sentAt), JSON(row.failedAt), JSON(row.unknownSince), JSON(row.reason), .int(row.timesAccepted),
      JSON(row.providerID),
    ]
  }

  var json: JSON { .object(Array(zip(MessageLine.names, values))) }

  var texts: [String] {
    values.map { value in
      switch value {
      case .string(let text): text
      case .int(let number): String(number)
      default: ""
      }
    }
  }
}
