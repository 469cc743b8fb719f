/// A forward step of the schema.
public struct Migration: Sendable {
  /// Its number, from 1, without gaps.
  public let version: Int
  /// Its file's name without `.sql`.
  public let name: String
  /// Its text.
  public let text: [UInt8]
}

/// All migrations in order. They are never edited once released, only followed by others.
///
/// (The build replaces the digit with which a file's name begins by `_`.)
public let migrations: [Migration] = [
  Migration(version: 1, name: "0001-ledger", text: PackageResources._001_ledger_sql),
  Migration(version: 2, name: "0002-lifecycle", text: PackageResources._002_lifecycle_sql),
  Migration(version: 3, name: "0003-rules", text: PackageResources._003_rules_sql),
  Migration(version: 4, name: "0004-provider", text: PackageResources._004_provider_sql),
  Migration(version: 5, name: "0005-login", text: PackageResources._005_login_sql),
  Migration(version: 6, name: "0006-doors", text: PackageResources._006_doors_sql),
]
