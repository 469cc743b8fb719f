/// A five-character SQLSTATE, as a value that `catch` and `switch` can match.
///
/// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The five characters, for example `40P01`.
  public let rawValue: String

  /// Takes the five characters as the server sent them.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The five characters.
  public var description: String { rawValue }

  /// The first two characters: the class of the condition.
  public var conditionClass: Substring { rawValue.prefix(2) }

  /// `unique_violation`.
  public static let uniqueViolation = SQLState(rawValue: "23505")
  /// `undefined_table`.
  public static let undefinedTable = SQLState(rawValue: "42P01")
  /// `undefined_function`.
  public static let undefinedFunction = SQLState(rawValue: "42883")
  /// `invalid_schema_name`.
  public static let invalidSchemaName = SQLState(rawValue: "3F000")
  /// `insufficient_privilege`.
  public static let insufficientPrivilege = SQLState(rawValue: "42501")
  /// `deadlock_detected`.
  public static let deadlockDetected = SQLState(rawValue: "40P01")
  /// `lock_not_available`: what `lock_timeout` ends in.
  public static let lockNotAvailable = SQLState(rawValue: "55P03")
  /// `raise_exception`: what our own functions in the database raise on purpose.
  public static let raiseException = SQLState(rawValue: "P0001")

  /// Whether the same transaction can be expected to succeed when it is tried again later.
  ///
  /// 08 connection exception, 40 rollback (deadlock, serialization), 53 out of resources, 55 a lock that was not
  /// granted in time, 57 shutdown or cancel, 58 the server's own disk; 25P03 a transaction that idled too long, 25006
  /// a server that is read-only, as a failover shows it for some seconds.
  public var isTransient: Bool {
    ["08", "40", "53", "55", "57", "58"].contains(conditionClass) || ["25P03", "25006"].contains(rawValue)
  }

  /// Whether the server refused who we say we are, or the database that we named.
  public var isConfiguration: Bool { ["28", "3D"].contains(conditionClass) }
}
