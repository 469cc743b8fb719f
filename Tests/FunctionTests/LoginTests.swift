import Foundation
import Support
import Testing

/// How a sender says who it is: the name in EHLO, encryption, the login, and what is said where that goes wrong.
@Suite struct LoginTests {
  private static let password = "s3cret-Pässword"

  /// A campaign of a sender that logs in, started.
  private func seed(
    _ workspace: Workspace, _ server: SMTPServer, _ name: String = "spring", username: String? = "ada",
    isToken: Bool = false, connections: Int = 3, leads: Int = 5, url: String? = nil, timeout: Double = 30
  ) async throws {
    try await workspace.seed(
      name, port: server.port, leads: leads, connections: connections, lease: 60, timeout: timeout, url: url)
    if let username {
      try await workspace.sql(
        """
        update senders set username = '\(username)', \(isToken ? "token_env" : "password_env") = 'SENDER_TEST'
        where name = '\(name)-mail'
        """)
    }
    let started = try await workspace.run("start-campaign", [name])
    try #require(started.exit == 0, "\(started.errors)")
  }

  private func stopped(_ tick: Ran) -> [String: String] {
    let all = tick.json["stopped"] as? [[String: Any]] ?? []
    return Dictionary(
      all.map { ($0["sender"] as? String ?? "", $0["reason"] as? String ?? "") }, uniquingKeysWith: { $1 })
  }

  private func tick(_ workspace: Workspace, _ secret: String? = LoginTests.password, more: [String: String] = [:])
    async throws -> Ran
  {
    var environment = more
    environment["SENDER_TEST"] = secret
    return try await workspace.run("tick", environment: environment)
  }

  private func makeCertificate() async throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cert-\(UUID().uuidString)")
    let made = try await Running(
      Machine.root.appendingPathComponent("Tests/Support/make-certificate"), [folder.path],
      environment: ["PATH": "/usr/bin:/bin"], input: nil
    ).wait()
    try #require(made.exit == 0, "\(made.errors)")
    return folder.path
  }

  // MARK: - Mechanisms

  /// Exchange offers GSSAPI and NTLM first; a client that takes the first of what it knows of never gets in.
  @Test("A name with an @ and a password are enough where LOGIN is offered behind GSSAPI and NTLM")
  func exchange() async throws {
    let file = Machine.root.appendingPathComponent("../shared/cases/smtp/login-gssapi.json").standardized
    guard let data = try? Data(contentsOf: file) else { return print("skipped: \(file.path) is not there") }
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let username = try #require(document["username"] as? String)
    let offered = try #require((document["ehlo"] as? [String])?.first { $0.hasPrefix("AUTH ") })
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(options: [
        "--auth", "\(username):\(LoginTests.password)", "--require-auth", "--mechanisms", String(offered.dropFirst(5)),
      ])
    )
    try await seed(workspace, server, username: username, leads: try #require(document["leads"] as? Int))
    let tick = try await tick(workspace)
    #expect(tick.exit == 0, "\(tick.errors)")
    #expect(tick.json["sent"] as? Int == 1)
  }

  /// Each against a server that was not written by who wrote the client's side, over plain and encrypted connections.
  @Test("Every mechanism logs in, in clear to this host and encrypted")
  func mechanisms() async throws {
    let certificate = try await makeCertificate()
    let workspace = try await Workspace()
    var servers: [String: SMTPServer] = [:]
    for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER"] {
      for scheme in ["smtp", "smtps", "smtp+starttls"] {
        let option = ["smtps": "--tls", "smtp+starttls": "--starttls"][scheme]
        let server = try await SMTPServer(
          options: [
            "--auth", "ada:token-or-p,ss=", "--require-auth", "--mechanisms", "GSSAPI \(mechanism) NTLM",
          ] + (option.map { [$0, certificate + "/cert.pem", certificate + "/key.pem"] } ?? []))
        let name = "\(mechanism)-\(scheme.replacing("+", with: "-"))".lowercased()
        servers[name] = server
        try await seed(
          workspace, server, name, isToken: mechanism.contains("AUTH"), connections: 2, leads: 3,
          url: "\(scheme)://localhost:\(server.port)")
      }
    }
    let tick = try await tick(workspace, "token-or-p,ss=", more: ["SSL_CERT_FILE": certificate + "/cert.pem"])
    #expect(tick.exit == 0, "\(tick.errors)")
    for (name, server) in servers {
      #expect(try server.accepted().count == 3, "\(name)")
      #expect(try server.events().contains { $0.name == "auth" && $0.fields["ok"] as? Bool == true }, "\(name)")
    }
  }

  /// Some servers offer what they have switched off. And what one connection has learned the others need not try.
  @Test(
    "Where PLAIN is refused LOGIN is tried, and by the other connections first",
    arguments: [
      #"{"at":"auth-begin","mechanism":"PLAIN","do":"reply","text":"504 5.5.4 Unrecognized authentication type"}"#,
      #"{"at":"auth","mechanism":"PLAIN","do":"reply","text":"535 5.7.3 Authentication unsuccessful"}"#,
      #"{"at":"auth-begin","mechanism":"PLAIN","do":"reply","text":"334 what?"}"#,
      #"{"at":"auth","mechanism":"PLAIN","do":"reply","text":"534 5.7.9 too weak"}"#,
    ])
  func fallBack(rule: String) async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(script: "[\(rule)]", options: ["--auth", "ada:\(LoginTests.password)", "--require-auth"])
    )
    try await seed(workspace, server, connections: 4, leads: 12)
    let tick = try await tick(workspace)
    #expect(tick.exit == 0, "\(tick.errors)")
    #expect(tick.json["sent"] as? Int == 12)
    let begun = try server.events().compactMap { $0.fields["line"] as? String }.filter { $0.hasPrefix("AUTH ") }
    #expect(begun.count { $0.hasPrefix("AUTH PLAIN") } == 1)
    #expect(begun.count { $0.hasPrefix("AUTH LOGIN") } > 1)
  }

  // MARK: - Secrets

  /// A server that quotes what it did not understand put user and password into `senders.trouble`, for every reader of
  /// the status.
  @Test("Whatever a server quotes while we log in, the secret is in no log, no output and no table")
  func quoting() async throws {
    let workspace = try await Workspace()
    var seen = ""
    for (index, at) in ["auth-begin", "auth"].enumerated() {
      for (mechanism, code) in [("PLAIN", 500), ("LOGIN", 535), ("CRAM-MD5", 501), ("XOAUTH2", 454), ("PLAIN", 421)] {
        let name = "\(mechanism)-\(code)-\(index)".lowercased()
        let text = #"\#(code) \#(code / 100).5.1 unrecognized command: {said}\n\#(code) not {said}"#
        let server = try await SMTPServer(
          script: #"[{"at":"\#(at)","do":"reply","text":"\#(text.replacing(#"\n\#(code) "#, with: ""))"}]"#,
          options: ["--auth", "ada:\(LoginTests.password)", "--mechanisms", mechanism])
        try await seed(workspace, server, name, isToken: mechanism == "XOAUTH2", connections: 1, leads: 1)
        let secret = mechanism == "XOAUTH2" ? "t0ken-of-ada" : LoginTests.password
        let tick = try await tick(workspace, secret, more: ["LOG_LEVEL": "trace"])
        #expect(stopped(tick)["\(name)-mail"]?.contains("\(code)") == true, "\(tick.errors)")
        let status = try await workspace.run("campaign-status", [name, "--timeline"])
        seen += tick.errors + tick.output + status.output + status.errors
        try await workspace.run("cancel-campaign", [name])
      }
    }
    let tables = try await workspace.sql("select s::text from senders s; select m::text from messages m")
    seen += tables.joined()
    for secret in [LoginTests.password, "t0ken-of-ada"] {
      // In base64 the same text has three forms, by where in it it begins.
      for shift in 0..<3 {
        let encoded = Data((String(repeating: " ", count: shift) + secret).utf8).base64EncodedString()
        #expect(!seen.contains(encoded.dropFirst(4).prefix(12)))
      }
      #expect(!seen.contains(secret))
    }
    #expect(seen.contains("SENDER_TEST"))
  }

  /// Fifty connections with a wrong password were fifty failed logins a minute: any provider locks the account for that.
  @Test("A wrong password is one connection and two logins a tick, however many connections there may be")
  func wrongPassword() async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(options: ["--auth", "ada:\(LoginTests.password)", "--require-auth"])
    )
    try await seed(workspace, server, connections: 50, leads: 60)
    for round in 1...2 {
      let tick = try await tick(workspace, "wr0ng")
      #expect(tick.exit == 69)
      let reason = try #require(stopped(tick)["spring-mail"])
      #expect(reason.contains("535 5.7.8") && reason.contains("SENDER_TEST"), "\(reason)")
      #expect(try server.events().count { $0.name == "connect" } == round)
      #expect(try server.events().count { $0.name == "auth" } == 2 * round)
    }
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])
    // Failed twice it rests.
    #expect(try await tick(workspace).exit == 69)
    #expect(try server.events().count { $0.name == "connect" } == 2)
    try await workspace.sql("update senders set rest_until = clock()")
    let right = try await tick(workspace)
    #expect(right.exit == 0, "\(right.errors)")
    #expect(right.json["sent"] as? Int == 60)
    #expect(try server.events().count { $0.name == "connect" } > 3, "the others are opened once the first is logged in")
  }

  /// A login has no end of its own: without a limit the sender would wait for ever.
  @Test("A server that stops in the middle of a login, or hangs up, stops the sender", arguments: ["hang", "close"])
  func silence(fault: String) async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(
        script: #"[{"at":"auth","do":"\#(fault)"}]"#, options: ["--auth", "ada:\(LoginTests.password)"])
    )
    try await seed(workspace, server, leads: 2, timeout: 3)
    let tick = try await tick(workspace)
    #expect(tick.exit == 69)
    let words = fault == "hang" ? "did not answer the login within 3" : "hung up during the login"
    #expect(stopped(tick)["spring-mail"]?.contains(words) == true, "\(tick.errors)")
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])
  }

  /// A host that is blocked makes it worse by trying fifty times a minute.
  @Test("A sender that could not send the last time opens one connection until that one is open")
  func afterTrouble() async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(script: #"[{"at":"connect","do":"reply","text":"554 5.7.1 no service"}]"#)
    )
    try await seed(workspace, server, username: nil, connections: 20, leads: 40)
    #expect(try await tick(workspace, nil).exit == 69)
    let before = try server.events().count { $0.name == "connect" }
    let again = try await tick(workspace, nil)
    #expect(stopped(again)["spring-mail"]?.contains("554 5.7.1 no service") == true)
    #expect(try server.events().count { $0.name == "connect" } == before + 1)
  }

  // MARK: - Tokens

  /// Tokens live for an hour: something has to fetch them, and a tick a minute must not fetch one for each connection.
  @Test("A token comes from a command of the environment, once a tick")
  func command() async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(options: ["--auth", "ada:t0ken", "--require-auth", "--mechanisms", "XOAUTH2 PLAIN"])
    )
    try await seed(workspace, server, isToken: true, connections: 4, leads: 20)
    let file = server.folder.appendingPathComponent("asked").path
    let tick = try await tick(
      workspace, nil, more: ["SENDER_TEST_COMMAND": "echo once >>\(file); printf ' t0ken\\n\\n'; exec >&-; exit 0"])
    #expect(tick.exit == 0, "\(tick.errors)")
    #expect(tick.json["sent"] as? Int == 20)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "once\n")
    #expect(try server.events().count { $0.name == "auth" } > 1)
  }

  /// What the command prints may be half a secret, whatever else is wrong with it.
  @Test("A command that gives no token stops the sender, and what it printed is not shown")
  func brokenCommand() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(options: ["--auth", "ada:t0ken", "--mechanisms", "XOAUTH2"])
    try await seed(workspace, server, isToken: true, leads: 1)
    for (command, words) in [
      ("echo hush-t0ken; echo hush-t0ken >&2; exit 3", "exit code 3"), ("true", "printed nothing"),
      ("echo hush-t0ken two", "no token"), ("echo hush-t0ken; kill -9 $$", "signal 9"),
      ("yes hush-t0ken", "more than a token"),
    ] {
      let tick = try await tick(workspace, nil, more: ["SENDER_TEST_COMMAND": command, "LOG_LEVEL": "trace"])
      #expect(tick.exit == 69)
      let reason = stopped(tick)["spring-mail"] ?? ""
      #expect(reason.contains("SENDER_TEST_COMMAND") && reason.contains(words), "\(command): \(reason)")
      #expect(!(tick.errors + tick.output).contains("hush"))
      try await workspace.sql("update senders set rest_until = clock()")
    }
    let missing = try await tick(workspace, nil)
    #expect(stopped(missing)["spring-mail"]?.contains("SENDER_TEST_COMMAND") == true)
    #expect(try server.events().isEmpty)
    #expect(try await workspace.sql("select count(*) from senders where trouble like '%hush%'") == ["0"])
  }

  /// A budget that is over while the command still runs must not look as if there were nothing to do.
  @Test("A command that goes on for longer than the tick is said, and ended")
  func slowCommand() async throws {
    let workspace = try await Workspace()
    let server = try await SMTPServer(options: ["--auth", "ada:t0ken", "--mechanisms", "XOAUTH2"])
    try await seed(workspace, server, isToken: true, leads: 1)
    let file = server.folder.appendingPathComponent("pid").path
    let tick = try await workspace.run(
      "tick", ["--budget", "3"], environment: ["SENDER_TEST_COMMAND": "echo $$ >\(file); sleep 300"])
    #expect(tick.exit == 69, "\(tick.errors)")
    #expect(stopped(tick)["spring-mail"]?.contains("has not ended yet") == true)
    let process = try #require(
      pid_t(try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(process, 0) != 0, "it goes on")
  }

  // MARK: - EHLO

  private func helos(_ server: SMTPServer) throws -> Set<String> {
    Set(
      try server.events().compactMap { $0.fields["line"] as? String }.filter { $0.hasPrefix("EHLO") }
        .map { String($0.dropFirst(5)) })
  }

  /// Postfix's reject_non_fqdn_helo_hostname is common, and in a container the host's name is a hash.
  @Test("The name in EHLO is the one that is set, or a full name, or an address literal; never a bare word")
  func helo() async throws {
    let workspace = try await Workspace()
    for (index, helo) in ["mail.acme.test", "[192.0.2.1]", "[IPv6:2001:db8::1]", ""].enumerated() {
      let server = try await SMTPServer()
      let name = "helo-\(index)"
      try await workspace.seed(name, port: server.port, leads: 1)
      if !helo.isEmpty {
        try await workspace.sql("update senders set helo = '\(helo)' where name = '\(name)-mail'")
      }
      try await workspace.run("start-campaign", [name])
      let tick = try await workspace.run("tick")
      #expect(tick.exit == 0, "\(tick.errors)")
      let said = try helos(server)
      #expect(said.count == 1)
      if helo.isEmpty {
        let own = try #require(said.first)
        #expect(own.contains(".") && own != "localhost.localdomain", "\(own)")
        #expect(own.hasPrefix("[") == own.hasSuffix("]"))
      } else {
        #expect(said == [helo])
      }
    }
  }

  /// A name that is refused is no lead's fault, and the operator has to know which name it was.
  @Test("A refused EHLO is told with its name and the server's words")
  func heloRefused() async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(
        script:
          #"[{"at":"ehlo","do":"reply","text":"504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname"}]"#
      )
    )
    try await seed(workspace, server, username: nil, leads: 2)
    let tick = try await tick(workspace, nil)
    #expect(tick.exit == 69)
    let reason = stopped(tick)["spring-mail"] ?? ""
    #expect(reason.contains("Helo command rejected") && reason.contains("helo sets the name"), "\(reason)")
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])
  }

  /// With every lead it would be refused for the sender's own name: twelve of twelve failed for good.
  @Test("The sender's own address that a server cannot take stops the sender, and no lead pays for it")
  func ownAddress() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(options: ["--no-smtputf8"]))
    try await seed(workspace, server, username: nil, leads: 4)
    try await workspace.sql("update senders set from_mailbox = 'Zoë <zoë@acme.test>'")
    let tick = try await tick(workspace, nil)
    #expect(tick.exit == 69)
    #expect(stopped(tick)["spring-mail"]?.contains("SMTPUTF8") == true)
    #expect(try await workspace.sql("select distinct status, attempt from messages") == ["pending|0"])
  }

  // MARK: - Encryption

  /// What people mix up, and what libcurl says of it.
  @Test("Each mistake with encryption is told in words that say what to do")
  func encryption() async throws {
    let certificate = try await makeCertificate()
    let files = [certificate + "/cert.pem", certificate + "/key.pem"]
    let startTLS = try await SMTPServer(options: ["--starttls"] + files + ["--auth", "ada:x", "--auth-after-tls"])
    let tls = try await SMTPServer(options: ["--tls"] + files)
    // The same key, with a certificate that ended yesterday.
    let old = certificate + "/old.pem"
    let made = try await Running(
      URL(fileURLWithPath: "/bin/sh"),
      [
        "-c",
        """
        openssl req -new -key \(files[1]) -subj /CN=localhost -addext subjectAltName=DNS:localhost |
        openssl x509 -req -signkey \(files[1]) -days -1 -copy_extensions copyall -out \(old)
        """,
      ], environment: ["PATH": "/usr/bin:/bin"], input: nil
    ).wait()
    try #require(made.exit == 0, "\(made.errors)")
    let expired = try await SMTPServer(options: ["--tls", old, files[1]])
    let workspace = try await Workspace()
    let trusted = ["SSL_CERT_FILE": files[0]]
    let cases: [(url: String, username: String?, environment: [String: String], words: [String])] = [
      (
        "smtps://localhost:\(startTLS.port)", nil, trusted,
        ["does not speak TLS from the first byte", "smtp+starttls://"]
      ),
      ("smtp+starttls://localhost:\(tls.port)", nil, trusted, ["did not greet", "use smtps://"]),
      ("smtp://localhost:\(tls.port)", nil, trusted, ["did not greet", "use smtps://"]),
      ("smtp://localhost:\(startTLS.port)", "ada", trusted, ["offers STARTTLS", "use smtp+starttls://"]),
      ("smtp+starttls://localhost:\(startTLS.port)", nil, [:], ["SSL_CERT_FILE", "not trusted here"]),
      ("smtps://localhost:\(tls.port)", nil, [:], ["SSL_CERT_FILE", "not trusted here"]),
      ("smtp+starttls://mail.localhost:\(startTLS.port)", nil, trusted, ["for another name than mail.localhost"]),
      ("smtps://localhost:\(expired.port)", nil, ["SSL_CERT_FILE": old], ["the server's certificate has expired"]),
      (
        "smtps://localhost:\(tls.port)", nil, ["SSL_CERT_FILE": "/nowhere/ca.pem"],
        ["SSL_CERT_FILE", "/nowhere/ca.pem"]
      ),
    ]
    for (index, one) in cases.enumerated() {
      let name = "case-\(index)"
      try await seed(
        workspace, startTLS, name, username: one.username, connections: 2, leads: 1, url: one.url, timeout: 3)
      let tick = try await tick(workspace, "x", more: one.environment)
      #expect(tick.exit == 69, "\(one.url)")
      let reason = stopped(tick)["\(name)-mail"] ?? ""
      for words in one.words { #expect(reason.contains(words), "\(one.url): \(reason)") }
      #expect(!reason.contains("220"), "what a server says when all is well is no complaint: \(reason)")
      try await workspace.run("cancel-campaign", [name])
    }
  }

  /// A tick of five seconds that waits for a greeting said nothing at all, with exit 0.
  @Test("A tick that ends while it waits for a greeting says so")
  func shortBudget() async throws {
    let (workspace, server) = (try await Workspace(), try await SMTPServer(script: #"[{"at":"connect","do":"hang"}]"#))
    try await seed(workspace, server, username: nil, leads: 1, timeout: 40)
    let tick = try await workspace.run("tick", ["--budget", "3"])
    #expect(tick.exit == 69, "\(tick.errors)")
    let reason = stopped(tick)["spring-mail"] ?? ""
    #expect(reason.contains("did not greet") && reason.contains("smtps://"), "\(reason)")
    #expect(try await workspace.sql("select trouble is not null from senders") == ["t"])
  }

  @Test("A port where something else listens is told by what it says")
  func stranger() async throws {
    let (workspace, server) = (
      try await Workspace(),
      try await SMTPServer(script: #"[{"at":"connect","do":"reply","text":"SSH-2.0-OpenSSH_9.2"}]"#)
    )
    try await seed(workspace, server, username: nil, leads: 1)
    let tick = try await tick(workspace, nil)
    #expect(stopped(tick)["spring-mail"]?.contains("no mail server: it says \"SSH-2.0-OpenSSH_9.2\"") == true)
  }

  // MARK: - The document

  private func sender(_ keys: String) -> String { "senders: [{ name: a, channel: email, from: a@b.test, \(keys) }]" }

  /// A password in clear is read by everybody between; and nobody notices.
  @Test("A login over an unencrypted connection to another host is refused, unless the document allows it")
  func cleartext() async throws {
    let workspace = try await Workspace()
    let login = "username: ada, password_env: SENDER_A"
    for url in [
      "smtp://mail.acme.test", "smtp://10.0.0.1:25", "\"smtp://[2001:db8::1]\"", "smtp://127.0.0.1.acme.test",
    ] {
      for keys in [login, "\(login), allow_cleartext: false", "username: ada, token_env: SENDER_A"] {
        let ran = try await workspace.run("apply", input: sender("url: \(url), \(keys)"))
        #expect(ran.exit == 65, "\(url)")
        for word in ["senders[0].url", "smtp+starttls://", "smtps://", "allow_cleartext: true"] {
          #expect(ran.errors.contains(word), "\(ran.errors)")
        }
      }
    }
    #expect(try await workspace.sql("select count(*) from senders") == ["0"])
    for keys in [
      "url: smtp://mail.acme.test, \(login), allow_cleartext: true", "url: smtp://mail.acme.test",
      "url: smtp://localhost:2525, \(login)", "url: smtp://127.0.0.2, \(login)", "url: \"smtp://[::1]\", \(login)",
      "url: smtps://mail.acme.test, \(login)",
      "url: smtp+starttls://mail.acme.test, username: ada, token_env: SENDER_A",
    ] {
      let ran = try await workspace.run("apply", input: sender(keys))
      #expect(ran.exit == 0, "\(keys): \(ran.errors)")
    }
  }

  /// `apply` refuses it, but a sender may have been stored by an older one. (127.1 is this host, in a spelling that does not
  /// count as it.)
  @Test("A tick logs in to no other host in clear, unless the document allows it")
  func storedCleartext() async throws {
    let (workspace, server) = (
      try await Workspace(), try await SMTPServer(options: ["--auth", "ada:\(LoginTests.password)", "--require-auth"])
    )
    try await seed(workspace, server, leads: 1, url: "smtp://127.1:\(server.port)")
    let refused = try await tick(workspace)
    #expect(stopped(refused)["spring-mail"]?.contains("allow_cleartext: true") == true, "\(refused.errors)")
    #expect(try server.events().allSatisfy { ($0.fields["line"] as? String)?.hasPrefix("AUTH") != true })
    try await workspace.sql("update senders set allow_cleartext = true")
    #expect(try await tick(workspace).json["sent"] as? Int == 1)
  }

  @Test("helo, allow_cleartext and token_env are stored, and gone when they are left out")
  func stored() async throws {
    let workspace = try await Workspace()
    let columns = "select helo, allow_cleartext, username, password_env, token_env from senders"
    try await workspace.run(
      "apply",
      input: sender(
        "url: smtp://m.test, helo: \"[192.0.2.1]\", allow_cleartext: true, username: ada, token_env: SENDER_T"))
    #expect(try await workspace.sql(columns) == ["[192.0.2.1]|t|ada||SENDER_T"])
    try await workspace.run("apply", input: sender("url: smtp://m.test"))
    #expect(try await workspace.sql(columns) == ["|f|||"])
  }

  @Test(
    "A name that no server takes, and a login that is half given, are refused",
    arguments: [
      ("helo: vm", "helo: must be a full domain name"), ("helo: \"10.0.0.1\"", "helo: must be"),
      ("helo: \"[10.0.0]\"", "helo: must be"), ("helo: bücher.test", "xn--"),
      ("helo: \"a.test\\nRSET\"", "helo: must be"),
      ("allow_cleartext: maybe", "allow_cleartext: must be true or false"),
      ("allow_cleartext: \"true\"", "allow_cleartext: must be true or false"),
      ("username: ada", "given together or not at all"), ("token_env: SENDER_T", "given together or not at all"),
      ("username: ada, password_env: SENDER_A, token_env: SENDER_T", "given together or not at all"),
      ("username: ada, token_env: DATABASE_URL", "token_env: must begin with SENDER_"),
    ])
  func refused(keys: String, words: String) async throws {
    let workspace = try await Workspace()
    let ran = try await workspace.run("apply", input: sender("url: smtps://m.test, \(keys)"))
    #expect(ran.exit == 65)
    #expect(ran.errors.contains(words), "\(ran.errors)")
  }
}
