import Foundation
import Testing

/// A scripted mail server (`Tests/Support/scripted-smtp`), and what it has seen.
public final class SMTPServer {
  /// The port it listens on.
  public let port: Int
  /// A folder of its own: log, mails.
  public let folder: URL
  private let process: Running

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - script: the rules, as JSON.
  ///   - options: further options of the script.
  public init(script: String = "[]", options: [String] = []) async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let portFile = folder.appendingPathComponent("port")
    let mails = folder.appendingPathComponent("mails")
    try FileManager.default.createDirectory(at: mails, withIntermediateDirectories: true)
    process = try Running(
      Machine.root.appendingPathComponent("Tests/Support/scripted-smtp"),
      [
        "--port-file", portFile.path, "--log", folder.appendingPathComponent("log").path, "--keep", mails.path,
        "--script", script,
      ] + options, environment: ["PATH": "/usr/bin:/bin"], input: nil)
    var found: Int?
    for _ in 0..<500 where found == nil {
      found = (try? String(contentsOf: portFile, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      if found == nil { try await Task.sleep(for: .milliseconds(20)) }
    }
    port = try #require(found, "the mail server did not start")
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
    return try text.split(separator: "\n").compactMap { line in
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

  /// Waits until something has happened.
  public func wait(until isThere: ([Event]) -> Bool) async throws {
    for _ in 0..<1500 {
      if isThere(try events()) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Overdue()
  }

  /// What was waited for did not happen within 15 seconds.
  public struct Overdue: Error {}
}
