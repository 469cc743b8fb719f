import Foundation
import Testing

/// A plan that was run, as auto_explain has logged it.
///
/// Source: https://www.postgresql.org/docs/15/auto-explain.html, and EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON).
struct Plan {
  /// A node of it; what it counts is of one loop where it says rows, and of all where it says buffers.
  struct Node: Decodable {
    let type: String
    let relation: String?
    let index: String?
    let operation: String?
    let loops: Double
    let rows: Double
    let filtered: Double
    let rechecked: Double
    let hit: Int
    let read: Int
    let children: [Node]

    enum CodingKeys: String, CodingKey {
      case type = "Node Type"
      case relation = "Relation Name"
      case index = "Index Name"
      case operation = "Operation"
      case loops = "Actual Loops"
      case rows = "Actual Rows"
      case filtered = "Rows Removed by Filter"
      case rechecked = "Rows Removed by Index Recheck"
      case hit = "Shared Hit Blocks"
      case read = "Shared Read Blocks"
      case children = "Plans"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      type = try values.decode(String.self, forKey: .type)
      relation = try values.decodeIfPresent(String.self, forKey: .relation)
      index = try values.decodeIfPresent(String.self, forKey: .index)
      operation = try values.decodeIfPresent(String.self, forKey: .operation)
      loops = try values.decode(Double.self, forKey: .loops)
      rows = try values.decode(Double.self, forKey: .rows)
      filtered = try values.decodeIfPresent(Double.self, forKey: .filtered) ?? 0
      rechecked = try values.decodeIfPresent(Double.self, forKey: .rechecked) ?? 0
      hit = try values.decode(Int.self, forKey: .hit)
      read = try values.decode(Int.self, forKey: .read)
      children = try values.decodeIfPresent([Node].self, forKey: .children) ?? []
    }

    /// This node and all below it.
    var all: [Node] { [self] + children.flatMap(\.all) }
    /// The rows that it has returned, in all loops.
    var returned: Int { Int(loops * rows) }
    /// The rows that it has looked at, in all loops, those that it has thrown away included.
    var looked: Int { Int(loops * (rows + filtered + rechecked)) }
    /// The pages that it and all below it have looked at, whether they were in memory or not.
    private var allPages: Int { hit + read }
    /// The pages that it has looked at itself.
    var pages: Int { allPages - children.reduce(0) { $0 + $1.allPages } }

    var description: String {
      [type, relation.map { "on \($0)" }, index.map { "by \($0)" }].compactMap(\.self).joined(separator: " ")
    }
  }

  private struct Document: Decodable {
    let query: String
    let root: Node

    enum CodingKeys: String, CodingKey {
      case query = "Query Text"
      case root = "Plan"
    }
  }

  /// The statement of `sql/steps` that was sent.
  let statement: String
  /// Where in a function that it calls; nil is the statement itself.
  let place: String?
  /// The text of what was planned.
  let query: String
  let root: Node

  /// The pages of tables and their indexes that it has looked at. What it calls is logged as plans of its own; and
  /// what a session reads of the catalogs when it plans a function for the first time is nobody's backlog.
  var pages: Int { root.all.filter { $0.relation != nil }.reduce(0) { $0 + $1.pages } }

  /// The pages of one table and its indexes.
  func pages(of table: String) -> Int { root.all.filter { $0.relation == table }.reduce(0) { $0 + $1.pages } }

  /// What each line of the server's log begins with; lines that do not belong to the one before.
  static let mark = "@@"

  /// The plans in a log, of one database, and of all but psql: that is the tests' own hand.
  static func read(_ log: Data, of database: String) throws -> [Plan] {
    var plans: [Plan] = []
    var nested: [String: [(place: String, document: Document)]] = [:]
    var last: (process: String, document: Document)?
    /// A plan is known to be the statement's own when no context follows it.
    func flush() {
      guard let (process, document) = last else { return }
      last = nil
      // Its first line is a comment with its name; `begin` and the like have no plan.
      let name = document.query.split(separator: "\n").first.map { String($0.drop { "- ".contains($0) }) } ?? ""
      for (place, document) in nested.removeValue(forKey: process) ?? [] {
        plans.append(Plan(statement: name, place: place, query: document.query, root: document.root))
      }
      plans.append(Plan(statement: name, place: nil, query: document.query, root: document.root))
    }
    for entry in String(decoding: log, as: UTF8.self).components(separatedBy: "\n" + mark) {
      let parts = entry.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, !parts[0].hasSuffix("psql"), parts[1] == database else { continue }
      let (process, text) = (String(parts[2]), parts[3])
      if text.hasPrefix("CONTEXT:"), let (_, document) = last {
        let line = text.split(separator: "\n").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        nested[process, default: []].append((line, document))
        last = nil
      } else if let begin = text.range(of: "  plan:\n")?.upperBound {
        flush()
        last = (process, try JSONDecoder().decode(Document.self, from: Data(text[begin...].utf8)))
      }
    }
    flush()
    return plans
  }
}

/// How much a statement may do, whatever waits behind what it moves.
struct Limit {
  /// The rows of a large table that one node may look at, and that may be sorted.
  let rows: Int
  /// The pages of tables and indexes that one plan may look at, in memory or not.
  let pages: Int

  /// - Parameter moved: the messages that the statement moves, or that are out.
  init(moved: Int) {
    rows = 50 + 3 * moved
    pages = 200 + 60 * moved
  }

  /// The tables that grow with what is sent; the others have a row for each thing that a person has set up.
  static let largeTables: Set = ["messages", "leads", "batch_leads", "suppressions"]
}

extension Plan {
  /// What is wrong with it, each with the node.
  func complaints(_ limit: Limit) -> [String] {
    var complaints: [String] = []
    for node in root.all {
      let isLarge = Limit.largeTables.contains(node.relation ?? "")
      if isLarge && node.type.hasSuffix("Seq Scan") { complaints.append("reads a whole table: \(node.description)") }
      if isLarge && node.looked > limit.rows {
        complaints.append("looks at \(node.looked) rows, limit \(limit.rows): \(node.description)")
      }
      let sorted = node.children.map(\.returned).max() ?? 0
      if node.type.contains("Sort") && sorted > limit.rows {
        complaints.append("sorts \(sorted) rows, limit \(limit.rows): \(node.description)")
      }
    }
    if pages > limit.pages, let node = root.all.max(by: { $0.pages < $1.pages }) {
      complaints.append("looks at \(pages) pages, limit \(limit.pages): \(node.description)")
    }
    return complaints
  }
}

/// Records each thing that is wrong with plans, under the name of the statement.
///
/// - Parameters:
///   - statements: what must be among them, or nothing was judged.
func expectBounded(
  _ plans: [Plan], of statements: Set<String>, _ statistics: Statistics, _ limit: Limit,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let missing = statements.subtracting(plans.map(\.statement))
  #expect(missing.isEmpty, "no plan was logged", sourceLocation: sourceLocation)
  let lines = Set(complaints(plans, statistics, limit)).sorted()
  for line in lines { Issue.record("\(line)", sourceLocation: sourceLocation) }
}

/// Each thing that is wrong with plans, under the name of the statement.
func complaints(_ plans: [Plan], _ statistics: Statistics, _ limit: Limit) -> [String] {
  plans.flatMap { plan in
    let head = "\(plan.statement), \(statistics.testDescription)" + (plan.place.map { ", \($0)" } ?? "")
    return plan.complaints(limit).map { "\(head): \($0)" }
  }
}
