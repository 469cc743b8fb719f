import Foundation
import Testing

/// A scripted mail server (`Tests/Support/scripted-smtp`), and what it has seen.
public final class SMTPServer {
  /// The port it listens on; the first, where it is several servers.
  public var port: Int { ports[0] }
  /// The ports of its servers, in the order of their scripts.
  public let ports: [Int]
  /// A folder of its own, with the log.
  public let folder: URL
  private let process: Running
  /// How far the log was read by who counts mails, and how many those are.
  private var counted = (bytes: 0, accepted: 0)

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - script: the rules, as JSON.
  ///   - options: further options of the script.
  public convenience init(script: String = "[]", options: [String] = []) async throws {
    try await self.init(scripts: [script], options: options)
  }

  /// Starts a server for each script, all in one process and with one log.
  public init(scripts: [String], options: [String] = []) async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let portFile = folder.appendingPathComponent("port")
    process = try Running(
      Machine.root.appendingPathComponent("Tests/Support/scripted-smtp"),
      [
        "--port-file", portFile.path, "--log", folder.appendingPathComponent("log").path,
      ] + scripts.flatMap { ["--script", $0] } + options, environment: ["PATH": "/usr/bin:/bin"], input: nil)
    var found: [Int] = []
    for _ in 0..<500 where found.isEmpty {
      found = ((try? String(contentsOf: portFile, encoding: .utf8)) ?? "").split(separator: "\n").compactMap { Int($0) }
      if found.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    }
    try #require(found.count == scripts.count, "the mail server did not start")
    ports = found
  }

  deinit {
    process.signal(SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }

  /// One line of its log.
  public struct Event {
    /// What happened.
    public let name: String
    /// All that is known of it.
    public let fields: [String: Any]
  }

  /// Everything that happened so far.
  public func events() throws -> [Event] {
    let text = try String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)
    // What stands behind the last line end is being written.
    return try text[..<(text.lastIndex(of: "\n") ?? text.startIndex)].split(separator: "\n").compactMap { line in
      let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      return Event(name: fields["event"] as? String ?? "", fields: fields)
    }
  }

  /// The recipients of the mails that it accepted, in order.
  public func accepted() throws -> [String] {
    try events().filter { $0.name == "accepted" }.compactMap { event in
      (event.fields["to"] as? [String])?.first ?? event.fields["to"] as? String
    }
  }

  /// Waits until it has accepted so many mails; unlike the general one it reads no part of the log twice.
  public func wait(accepted count: Int) async throws {
    let log = try FileHandle(forReadingFrom: folder.appendingPathComponent("log"))
    let word = Data(#""event": "accepted""#.utf8)
    for _ in 0..<6000 {
      try log.seek(toOffset: UInt64(counted.bytes))
      let data = try log.readToEnd() ?? Data()
      var position = data.startIndex
      while let found = data.range(of: word, in: position..<data.endIndex) {
        counted.accepted += 1
        position = found.upperBound
      }
      // The rest may have the first part of one.
      counted.bytes += max(position - data.startIndex, data.count - word.count + 1)
      if counted.accepted >= count { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Overdue()
  }

  /// Waits until something has happened.
  public func wait(until isThere: ([Event]) -> Bool) async throws {
    for _ in 0..<1500 {
      if isThere(try events()) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Overdue()
  }

  /// What was waited for did not happen within 15 seconds, or 60 for a number of mails.
  public struct Overdue: Error {}
}
