import Foundation
import Support
import Testing

@Suite struct LinkTests {
  /// A library that sneaks into a link costs every start of the program: a pause would take as long as a mail.
  @Test("Only what sends links libcurl, and only what fills in templates or reads YAML links Foundation")
  func libraries() async throws {
    let functions = try FileManager.default.contentsOfDirectory(
      atPath: Machine.root.appendingPathComponent("functions").path
    ).filter { !$0.hasPrefix(".") }
    #expect(functions.count > 10)
    for name in functions {
      let ran = try await Running(
        URL(fileURLWithPath: "/usr/bin/ldd"), [Machine.programs.appendingPathComponent(name).path],
        environment: ["PATH": "/usr/bin:/bin"], input: nil
      ).wait()
      try #require(ran.exit == 0, "\(name): \(ran.errors)")
      #expect(ran.output.contains("libpq."), "\(name)")
      #expect(ran.output.contains("libcurl.") == (name == "tick"), "\(name)")
      #expect(ran.output.contains("libFoundation.") == ["tick", "apply"].contains(name), "\(name)")
    }
  }
}
