import Function
import Logging
import Postgres
import Steps

/// Writes what the file says of leads that are there already, or of which several of its rows speak.
///
/// Leads that are there may be sent to at this very moment, so they are locked some two thousand at a time, each portion
/// in a transaction of its own, on a connection of its own: the import's own transaction stays open beside it, with the
/// file in its temporary tables and the batch locked, and commits last. It waits for nothing that the other one holds:
/// of leads that were there before, it locks none.
enum Changes {
  /// How many leads were there before the import, and how many of those have changed.
  static func write(_ call: Call, _ transaction: borrowing Transaction) throws -> (known: Int, updated: Int) {
    let known = try transaction.one(StageChanges()).known
    // Nobody else sees these leads yet.
    var (portion, last) = (0, 0)
    while portion <= last {
      let part = try transaction.one(ListChanges(isNew: true, portion: portion))
      if let changes = part.changes { try transaction.run(UpdateLeads(changes: changes)) }
      (portion, last) = (portion + 1, part.last)
    }
    return (known, try writeOverOthers(call, transaction))
  }

  private static func writeOverOthers(_ call: Call, _ transaction: borrowing Transaction) throws -> Int {
    var (portion, last, updated) = (0, 0, 0)
    var database: Connection?
    var hasWaited = false
    while portion <= last {
      // Asked for anew before each attempt: that also tells the server that the transaction's client is alive.
      let part = try transaction.one(ListChanges(isNew: false, portion: portion))
      last = part.last
      if let leads = part.leads, let changes = part.changes {
        let other = try database ?? call.database()
        database = other
        guard let count = try write(changes, over: leads.split(separator: ",").map(String.init), on: other) else {
          if !hasWaited { call.log.notice("somebody holds leads of this file; the import waits for them") }
          hasWaited = true
          continue
        }
        updated += count
      }
      portion += 1
    }
    return updated
  }

  /// Nil where somebody else has locked one of the leads: none is kept from others while this one is waited for.
  private static func write(_ changes: String, over leads: [String], on database: Connection) throws -> Int? {
    do {
      return try database.transaction { transaction in
        try transaction.run(LimitWaiting(milliseconds: 1000))
        try transaction.run(GoByKeys())
        try transaction.run(LockLeads(leads: leads))
        return try transaction.one(UpdateLeads(changes: changes)).updated
      }
    } catch let error as DatabaseError where [.lockNotAvailable, .deadlockDetected].contains(error.sqlState) {
      return nil
    }
  }
}
