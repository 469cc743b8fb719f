import Campaign
import Testing

@testable import Email

/// The login as a machine, without a socket: what is written for each reply.
@Suite struct LoginTests {
  private let password = Credentials(username: "user", secret: .password("pencil"))
  private let token = Credentials(username: "ada@acme.test", secret: .token("ya29.x"))

  private func login(
    _ credentials: Credentials, _ offered: String, memory: Login.Memory? = nil, nonce: String = "n"
  ) -> Login {
    Login(
      credentials, offered: offered.split(separator: " ").map(String.init), memory: memory,
      server: (host: "mail.acme.test", port: 587), nonce: nonce)
  }

  /// What is to be written now, as lines.
  private func written(_ login: inout Login) -> String {
    let text = String(decoding: login.output, as: UTF8.self)
    login.wrote(login.output.count)
    return text.replacing("\r\n", with: "|")
  }

  private func say(_ line: String, _ login: inout Login) -> String {
    login.received(Array("\(line)\r\n".utf8)[...])
    return written(&login)
  }

  private func challenge(_ text: String, _ login: inout Login) -> String {
    let answer = say("334 \(Base64.encode(Array(text.utf8)))", &login)
    return Base64.decode(answer.dropLast()).map { String(decoding: $0, as: UTF8.self) } ?? answer
  }

  // MARK: - The vectors of the RFCs

  /// RFC 2195, 2. A wrong digest is a password that is right and refused.
  @Test("CRAM-MD5 answers the RFC's challenge with the RFC's digest")
  func cramMD5() {
    var login = login(Credentials(username: "tim", secret: .password("tanstaaftanstaaf")), "GSSAPI CRAM-MD5")
    #expect(written(&login) == "AUTH CRAM-MD5|")
    #expect(
      say("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+", &login)
        == "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw|")
    #expect(say("235 2.7.0 ok", &login) == "")
    #expect(login.mechanism == .cramMD5)
  }

  /// RFC 5802, 5, and RFC 7677, 3.
  @Test(
    "SCRAM says what the RFCs' examples say, and takes their servers for real",
    arguments: [
      (
        "SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL",
        "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
        "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="
      ),
      (
        "SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO",
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
      ),
    ])
  func scram(name: String, nonce: String, challenge: String, final: String, verifier: String) {
    var login = login(password, name, nonce: nonce)
    #expect(written(&login) == "AUTH \(name) \(Base64.encode(Array("n,,n=user,r=\(nonce)".utf8)))|")
    #expect(self.challenge(challenge, &login) == final)
    #expect(self.challenge(verifier, &login) == "")
    #expect(say("235 2.7.0 ok", &login) == "")
    #expect(login.mechanism?.rawValue == name)
  }

  /// Whoever cannot prove it has not got the password, and is not the server that it is for.
  @Test("A server that does not prove what it knows is not logged in to", arguments: ["v=AAAA", "235", "e=other"])
  func impostor(said: String) {
    var login = login(password, "SCRAM-SHA-1", nonce: "fyko+d2lbbFgONRv9qkxdawL")
    _ = written(&login)
    _ = challenge("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096", &login)
    if said != "235" { _ = challenge(said, &login) }
    _ = say("235 2.7.0 ok", &login)
    if case .loggedIn? = login.ending { Issue.record("logged in") }
    #expect(login.ending != nil)
  }

  /// A server must not be able to have somebody else's nonce answered, or to keep this process busy for hours.
  @Test(
    "A SCRAM challenge that makes no sense is not answered",
    arguments: [
      "r=other,s=QSXCR+Q6sek8bf92,i=4096", "r=n,s=QSXCR+Q6sek8bf92,i=4096", "r=nx,s=!,i=4096", "r=nx,s=QSXC,i=0",
      "r=nx,s=QSXC,i=2000000000", "m=x,r=nx,s=QSXC,i=4096", "", "r=nx",
    ])
  func senseless(text: String) {
    var login = login(password, "SCRAM-SHA-256 CRAM-MD5")
    _ = written(&login)
    #expect(challenge(text, &login) == "*|")
    // RFC 4954, 4: then it is refused, and the next has its turn.
    #expect(say("501 5.7.0 cancelled", &login) == "AUTH CRAM-MD5|")
  }

  /// RFC 7628, 4.1 has the form; Microsoft and Google document XOAUTH2.
  @Test("A token goes out by XOAUTH2, or by OAUTHBEARER where only that is offered")
  func tokens() {
    var google = login(token, "LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER")
    #expect(
      written(&google)
        == "AUTH XOAUTH2 \(Base64.encode(Array("user=ada@acme.test\u{1}auth=Bearer ya29.x\u{1}\u{1}".utf8)))|")
    #expect(say("334 eyJzdGF0dXMiOiI0MDAifQ==", &google) == "|")
    #expect(say("535 5.7.8 no", &google) == "")
    #expect(google.ending == .refused(Reply(code: 535, lines: ["5.7.8 no"])))

    var other = login(token, "OAUTHBEARER")
    let bearer = "n,a=ada@acme.test,\u{1}host=mail.acme.test\u{1}port=587\u{1}auth=Bearer ya29.x\u{1}\u{1}"
    #expect(written(&other) == "AUTH OAUTHBEARER \(Base64.encode(Array(bearer.utf8)))|")
    #expect(say("334 eyJzdGF0dXMiOiI0MDAifQ==", &other) == "AQ==|")
  }

  // MARK: - Which, and in which order

  /// Exchange offers GSSAPI and NTLM first, and takes a name and a password as well.
  @Test(
    "A name and a password go by PLAIN, then LOGIN, whatever else is offered; the others only where there is neither",
    arguments: [
      ("GSSAPI NTLM LOGIN", "AUTH LOGIN|"), ("LOGIN PLAIN", "AUTH PLAIN AHVzZXIAcGVuY2ls|"),
      ("CRAM-MD5 SCRAM-SHA-256 XOAUTH2 PLAIN", "AUTH PLAIN AHVzZXIAcGVuY2ls|"), ("CRAM-MD5 LOGIN", "AUTH LOGIN|"),
      ("SCRAM-SHA-1 CRAM-MD5", "AUTH SCRAM-SHA-1 biwsbj11c2VyLHI9bg==|"), ("NTLM CRAM-MD5", "AUTH CRAM-MD5|"),
    ])
  func order(offered: String, first: String) {
    var login = login(password, offered)
    #expect(written(&login) == first)
  }

  @Test(
    "LOGIN gives the user and then the password, however the server asks", arguments: ["VXNlcm5hbWU6", "user?", ""])
  func loginAsks(prompt: String) {
    var login = login(password, "LOGIN")
    _ = written(&login)
    #expect(say("334 \(prompt)", &login) == "dXNlcg==|")
    #expect(say("334 UGFzc3dvcmQ6", &login) == "cGVuY2ls|")
    #expect(say("235 ok", &login) == "")
    #expect(login.mechanism == .login)
  }

  /// A mechanism that is offered and switched off is no wrong password.
  @Test(
    "A mechanism that is refused makes room for the next; a password that is refused is tried in one other way only",
    arguments: ["504 5.5.4 no", "534 5.7.9 too weak", "535 5.7.3 unsuccessful", "500 5.5.1 AUTH PLAIN?", "502 no"])
  func next(refusal: String) {
    var login = login(password, "PLAIN LOGIN CRAM-MD5")
    _ = written(&login)
    #expect(say(refusal, &login) == "AUTH LOGIN|")
    _ = say("334 VXNlcm5hbWU6", &login)
    _ = say("334 UGFzc3dvcmQ6", &login)
    #expect(say("535 5.7.8 wrong", &login) == "")
    guard case .refused(let reply)? = login.ending else {
      Issue.record("\(String(describing: login.ending))")
      return
    }
    #expect(reply.code == 535)
  }

  /// Each failed login brings the account nearer to being locked.
  @Test("After two logins that were refused for the password there is no third")
  func noThird() {
    var login = login(password, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5")
    _ = written(&login)
    #expect(say("535 5.7.8 wrong", &login).hasPrefix("AUTH SCRAM-SHA-1 "))
    #expect(say("535 5.7.8 wrong", &login) == "")
    #expect(login.ending == .refused(Reply(code: 535, lines: ["5.7.8 wrong"])))
  }

  @Test(
    "A refusal for now, or a good-bye, ends the login", arguments: ["454 4.7.0 later", "421 4.7.0 bye", "432 4.7.12 x"])
  func forNow(reply: String) {
    var login = login(password, "PLAIN LOGIN")
    _ = written(&login)
    #expect(say(reply, &login) == "")
    guard case .refused(let said)? = login.ending else {
      Issue.record("\(String(describing: login.ending))")
      return
    }
    #expect(said.text == reply)
  }

  /// What is refused on each of fifty connections is fifty failed logins; and to derive a password fifty times takes as long
  /// as sending a thousand mails.
  @Test("What worked on one connection is the first that the next one tries, with what it had derived")
  func remembered() {
    var one = login(password, "PLAIN LOGIN")
    _ = written(&one)
    _ = say("504 no", &one)
    _ = say("235 ok", &one)
    var other = login(password, "PLAIN LOGIN", memory: one.remembered)
    #expect(written(&other) == "AUTH LOGIN|")

    let nonce = "fyko+d2lbbFgONRv9qkxdawL"
    let server = "r=\(nonce)3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"
    one = login(password, "SCRAM-SHA-1", nonce: nonce)
    _ = written(&one)
    let final = challenge(server, &one)
    _ = challenge("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", &one)
    _ = say("235 ok", &one)
    // Another password would not be asked: what was derived stands for it.
    let forgetful = Credentials(username: "user", secret: .password("forgotten"))
    other = login(forgetful, "SCRAM-SHA-1", memory: one.remembered, nonce: nonce)
    _ = written(&other)
    #expect(challenge(server, &other) == final)
    other = login(forgetful, "SCRAM-SHA-1", memory: one.remembered, nonce: nonce)
    _ = written(&other)
    #expect(challenge(server.replacing("i=4096", with: "i=4097"), &other) != final)
  }

  /// RFC 5321, 4.5.3.1.4: a command of more than 512 octets may be cut off or refused; tokens have 2,000.
  @Test("What is too long for a command waits for the server to ask")
  func long() {
    let text = String(repeating: "x", count: 2000)
    var login = login(Credentials(username: "ada", secret: .token(text)), "XOAUTH2")
    #expect(written(&login) == "AUTH XOAUTH2|")
    #expect(say("334 ", &login).utf8.count > 2000)
  }

  @Test(
    "Where nothing can be used the sentence says what is offered, and what to do",
    arguments: [("GSSAPI NTLM", "GSSAPI, NTLM"), ("XOAUTH2", "token_env"), ("", "no way to log in")])
  func nothing(offered: String, words: String) {
    guard case .failed(let sentence)? = login(password, offered).ending else {
      Issue.record("it goes on")
      return
    }
    #expect(sentence.contains(words))
  }

  /// Servers quote what they do not understand, and that is the password.
  @Test("Of a reply to a login the sentence has the codes alone", arguments: [535, 534, 500, 454, 530])
  func codes(code: Int) {
    let reply = Reply(code: code, lines: ["\(code / 100).7.8 AHVzZXIAcGVuY2ls pencil"])
    let sentence = Login.sentence(of: reply, isToken: false, variable: "SENDER_X")
    #expect(sentence.contains("\(code) \(code / 100).7.8"))
    #expect(!sentence.contains("AHVzZXIAcGVuY2ls") && !sentence.contains("pencil"))
  }

  @Test("A hang-up after a refusal is told as the refusal")
  func hangUp() {
    var login = login(password, "PLAIN LOGIN")
    _ = written(&login)
    _ = say("535 5.7.8 wrong", &login)
    login.interrupted("the server hung up")
    #expect(login.ending == .refused(Reply(code: 535, lines: ["5.7.8 wrong"])))
  }

  /// The old form has no blank: a server that has only that one offers nothing to who does not read it.
  @Test("Both forms of AUTH in the answer to EHLO are read")
  func offers() {
    var server = ServerCapabilities()
    for line in ["AUTH PLAIN login", "AUTH=LOGIN CRAM-MD5", "STARTTLS"] { server.read(line[...]) }
    #expect(server.mechanisms == ["PLAIN", "LOGIN", "CRAM-MD5"])
    #expect(server.startTLS)
  }

  @Test("Base64 is as RFC 4648, 10 has it, and what is none is not read")
  func base64() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encode(Array(text.utf8)) == encoded)
      #expect(Base64.decode(encoded) == Array(text.utf8))
    }
    for text in ["Zg", "Zg=", "Zg=a", "Z===", "Zm9v!A==", "Zm 9", "===="] { #expect(Base64.decode(text) == nil) }
  }
}

extension Login {
  fileprivate var remembered: Memory? { if case .loggedIn(let memory)? = ending { memory } else { nil } }
  fileprivate var mechanism: Mechanism? { remembered?.mechanism }
}
