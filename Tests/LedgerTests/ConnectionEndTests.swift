import Postgres
import Steps
import Support
import Testing

@Suite struct ConnectionEndTests {
  /// A tick that connects again would keep every session that it gave up, with the locks that it holds.
  @Test("A connection that nobody has any more is closed")
  func closed() async throws {
    let workspace = try await Workspace()
    weak var ended: Connection?
    do {
      let connection = try Connection(
        url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
      ended = connection
      _ = try connection.transaction { transaction in try transaction.run(LookAround()) }
      var batch = Batch()
      batch.add(LookAround())
      try connection.perform(batch)
      connection.submit(batch) { _ in }
    }
    #expect(ended == nil)
  }
}
