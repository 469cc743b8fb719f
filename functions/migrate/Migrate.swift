import Function
import Functions
import Migrations
import Postgres
import Steps

@main
struct Migrate: Function {
  static let manual = Manual(
    "migrate", "brings the workspace's schema up to date",
    discussion: """
      Creates the schema if it is not there, applies the migrations that are missing, each in order, and
      writes the functions of the database anew, all in one transaction. Safe to run twice, and at the same
      time. A database that is newer than the program is refused and left as it is.

      Prints the version before and after, and the migrations applied.
      """,
    exits: [.notAllowed])

  static func run(_ call: Call) throws -> Report {
    let database = try call.unpreparedDatabase()
    return try database.transaction { transaction in
      try transaction.run(WorkWithoutLimit())
      try transaction.run(LockWorkspace(purpose: "migrate"))
      try judge(transaction.one(LoadRights()))
      try transaction.run(CreateWorkspace())
      let encoding = try transaction.one(LoadEncoding()).encoding
      guard encoding == "UTF8" else {
        throw Failure(.configuration, "the database's encoding is \(encoding); Campanile needs UTF8")
      }
      let version = try transaction.run(LoadSchemaVersion()).map(\.version).max() ?? 0
      guard version <= Schema.version else {
        throw Failure(
          .configuration,
          "the workspace is newer (\(version)) than this program (\(Schema.version)): update Campanile")
      }
      let missing = migrations.filter { $0.version > version }
      for migration in missing {
        try transaction.script(SQLText(migration.name, migration.text))
        try transaction.run(RecordMigration(version: migration.version, name: migration.name))
        call.log.info("applied \(migration.name)")
      }
      for function in functions { try transaction.script(function) }
      return Report([
        "workspace": .string(call.workspace), "was": .int(version), "version": .int(Schema.version),
        "applied": .array(missing.map { .string($0.name) }),
      ])
    }
  }

  /// Refuses a role that may not make what is missing; the database would say it without what to do.
  private static func judge(_ rights: LoadRights.Row) throws(Failure) {
    let (what, grant) =
      rights.isThere
      ? ("make tables in the schema \(rights.schema)", "usage, create on schema \(rights.schema)")
      : ("make the schema \(rights.schema)", "create on database \(rights.database)")
    guard rights.isThere ? rights.mayUse && rights.mayMakeTables : rights.mayMakeSchema else {
      throw Failure(.notAllowed, "the database role \(rights.role) may not \(what): grant \(grant) to \(rights.role)")
    }
  }
}
