import Postgres
import Steps
import Support
import Testing

/// The connection to the database as a tick uses it: transactions are sent while others are not answered yet.
@Suite struct ConnectionTests {
  /// A tick that always has the next claim out would grow with every message that it sends.
  @Test("What was answered is let go of while there is always more to be answered")
  func busy() async throws {
    let workspace = try await Workspace()
    let database = try Connection(
      url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
    weak var first: Rows<LookAround>?
    var (sent, answered) = (0, 0)
    func send() {
      var batch = Batch()
      let rows = batch.add(LookAround())
      if sent == 0 { first = rows }
      sent += 1
      // When one is answered there is always another that is not: at no moment has everything been.
      database.submit(batch) { _ in
        answered += 1
        if sent < 100 { send() }
      }
    }
    send()
    send()
    try database.wait(patience: 10) { answered >= 98 }
    #expect(first == nil, "the first of \(answered) transactions is still kept")
    try database.wait(patience: 10) { answered == 100 }
  }
}
