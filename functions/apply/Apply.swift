import Function
import Postgres
import Steps

@main
struct Apply: Function {
  static let manual = Manual(
    "apply", "upserts senders, templates, workflows and campaigns from one document",
    discussion: """
      Reads one YAML or JSON document and makes the workspace as it says, all in one transaction: what is
      new is created, what has the name of something that is there changes it, and what the document does
      not name stays as it is. Applying the same document twice changes nothing.

      A wrong document is refused whole, with every mistake and its path in the document. Once a campaign
      has started its plan cannot change any more: its type, workflow or template, senders, batches, leads.

      Prints how many of each there were in the document, and the names of those that were created.
      """,
    document: "the document, YAML or JSON",
    exits: [.data, .noSuchThing, .notAllowed])

  static func run(_ call: Call) throws -> Report {
    let mistakes = Mistakes()
    let bytes = try call.document()
    // Two things in the libraries below us can take for ever: Yams hashes a key whole, which can be an alias of aliases
    // of aliases, and swift-mustache counts what is left of a template at every tag. Honest documents take a tenth.
    let document = try Patience.run(
      seconds: 3, orSay: "error apply: the document takes too long to read: aliases of aliases, or too many tags\n"
    ) { Document(try Tree(reading: bytes, mistakes), mistakes) }
    do {
      return try call.database().transaction { transaction in
        try transaction.run(LockWorkspace(purpose: "apply"))
        var workspace = try Names(for: document, transaction)
        workspace.check(document, mistakes)
        try mistakes.refuse()
        return Report(try document.write(into: &workspace, call, transaction))
      }
    } catch {
      // What is wrong with the document itself can be said even where the database cannot be asked.
      try mistakes.refuse()
      throw error
    }
  }
}
