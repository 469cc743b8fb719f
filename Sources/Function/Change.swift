/// What every function that changes a campaign's state can be told: who asks for it, and why.
public enum Change {
  /// Who.
  public static let by = Argument<String?>.optional("by", .option, .text, "who asks for it (USER unless given)")
  /// Why.
  public static let reason = Argument<String?>.optional("reason", .option, .text, "why; kept in the timeline")
  /// Both, for a manual page.
  public static let arguments = [by.declaration, reason.declaration]
}

extension Call {
  /// Who asks for the change, as the timeline shows it.
  public func actor() -> String? { self[Change.by] ?? environment("USER") }
}
