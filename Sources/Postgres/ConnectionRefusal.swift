import CPostgres

extension Connection {
  /// Why no connection could be had, without a part of the URL: libpq's complaints quote it, and what it takes for a host
  /// or a port is a piece of the password where an `@`, a `:` or a `/` in it was not escaped.
  ///
  /// libpq has no SQLSTATE for this: the sentences have to tell the kinds apart. What the server itself has said is shown,
  /// from its severity on (`FATAL:`, in the server's language, and two blanks); libpq's own words never are.
  static func refusal(_ complaint: String, url: String) -> DatabaseError {
    let fromServer = complaint.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /(?:^|failed: )(\S+: {2}.*)/).map { String($0.1) }
    }
    if let words = fromServer.first {
      let said = hide(partsOf: url, in: words)
      let sentence = "the database cannot be reached: the server says: \(said)"
      if words.contains("permission denied") { return DatabaseError(.server(.insufficientPrivilege), sentence) }
      return DatabaseError(configurationWords.contains { words.contains($0) } ? .configuration : .connection, sentence)
    }
    let (kind, reason) =
      causes.first { complaint.contains($0.words) }.map { ($0.kind, $0.reason) }
      ?? (.connection, "libpq gives a reason that may have parts of DATABASE_URL in it, and is not shown")
    return DatabaseError(kind, "the database cannot be reached: \(reason)")
  }

  /// What the server says when it refuses who we say we are, or the database that we named; pgbouncer's words too.
  private static let configurationWords = [
    "authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry", "certificate",
    "is not permitted to log in", "no such database", "no such user", "auth failed",
  ]

  /// libpq's own complaints, in its words (it is never asked to translate them) and in ours; the first that fits.
  private static let causes: [(words: String, kind: DatabaseError.Kind, reason: String)] = [
    ("could not translate host name", .connection, "the name of its host is not known: \(escaping)"),
    ("could not parse network address", .configuration, "its hostaddr is no address"),
    ("invalid port number", .configuration, "its port is not a number: \(escaping)"),
    ("invalid integer value", .configuration, "a number in DATABASE_URL is none: \(escaping)"),
    ("could not match", .configuration, "it has several hosts, and another number of ports or addresses"),
    ("invalid ", .configuration, "a setting in DATABASE_URL has a value that libpq does not know"),
    ("definition of service", .configuration, "the service that DATABASE_URL names is not known"),
    ("no password supplied", .configuration, "it wants a password, and DATABASE_URL has none"),
    ("password authentication failed", .configuration, "the password is wrong"),
    ("requires", .configuration, "it wants another way to log in than DATABASE_URL allows"),
    ("certificate", .configuration, "there is something wrong with a certificate"),
    ("does not support SSL", .configuration, "it does not speak TLS, which DATABASE_URL asks for"),
    ("SSL", .connection, "TLS could not be set up"),
    ("is too long", .configuration, "the path of its socket is too long"),
    ("Permission denied", .configuration, "this user may not open its socket"),
    ("No such file or directory", .connection, "there is no such socket: no server runs there"),
    ("Connection refused", .connection, "the connection was refused: no server listens there"),
    ("timeout expired", .connection, "it did not answer in time"),
    ("timed out", .connection, "it did not answer in time"),
    ("unreachable", .connection, "there is no way to its host"),
    ("closed the connection", .connection, "it closed the connection"),
    ("session is not read-only", .connection, "it is not the kind of server that DATABASE_URL asks for"),
    ("session is read-only", .connection, "it is not the kind of server that DATABASE_URL asks for"),
    ("server is", .connection, "it is not the kind of server that DATABASE_URL asks for"),
  ]
  private static let escaping = "in DATABASE_URL an @, : or / that is part of a password is written %40, %3A or %2F"

  /// The server repeats who we are and which database we want. Where one of these has a character that names do not have,
  /// it may be a piece of a password.
  private static func hide(partsOf url: String, in words: String) -> String {
    guard let parsed = PQconninfoParse(url, nil) else { return words }
    defer { PQconninfoFree(parsed) }
    var words = words
    var option = parsed
    // The array ends with an option without a keyword (libpq, PQconninfoParse).
    while option.pointee.keyword != nil {
      if let value = option.pointee.val.map({ String(cString: $0) }), !value.isEmpty {
        let isName = value.unicodeScalars.allSatisfy {
          $0.properties.isAlphabetic || "0123456789_-.".contains(String($0))
        }
        if !isName { words = words.replacing(value, with: "…") }
      }
      option += 1
    }
    return words
  }
}
