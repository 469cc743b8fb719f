import Postgres
import Steps

extension Connection {
  /// Calls `body` with one range of ids after the other, `after` exclusive and `through` inclusive, which together have
  /// all messages of a campaign, each some `size` of them.
  ///
  /// By ids, because a page by any other order reads, with each page, the pages before it or sorts those behind it. What
  /// lies between the messages of one campaign are those of campaigns that were started in the same moment.
  package func pages(
    of campaign: String, size: Int, _ body: (_ after: Int, _ through: Int) throws -> Void
  ) throws {
    let range = try transaction { transaction in
      try transaction.run(GoByKeys())
      return try transaction.one(FindMessageRange(campaign: campaign))
    }
    guard let first = range.first, let last = range.last else { return }
    for after in stride(from: first - 1, to: last, by: size) { try body(after, min(after + size, last)) }
  }
}
