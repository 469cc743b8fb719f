import Testing

@testable import Campaign

@Suite struct HostTests {
  /// Mail servers refuse a bare word, and a name that is none.
  @Test("A full name has a dot, and labels as RFC 5321, 4.1.2 has them")
  func fullName() {
    for name in ["mail.acme.test", "a.b", "xn--bcher-kva.example", "1.example", "A-1.b-2.C3"] {
      #expect(Host.isFullName(name), "\(name)")
    }
    for name in [
      "", "vm", "localhost", "mail.acme.test.", ".acme.test", "mail..test", "-a.test", "a-.test", "a_b.test",
      "bücher.test",
      "10.0.0.5", "mail.acme.test\r\nRSET", "mail acme.test", "[192.0.2.1]",
      String(repeating: "a", count: 64) + ".test",
    ] { #expect(!Host.isFullName(name), "\(name)") }
    #expect(Host.isPublicName("mail.acme.test"))
    for name in ["vm.localdomain", "vm.local", "vm.LOCAL", "x.internal", "x.home.arpa", "x.lan", "vm"] {
      #expect(!Host.isPublicName(name), "\(name)")
    }
  }

  @Test("An address literal is as RFC 5321, 4.1.3 has it")
  func literal() {
    for text in ["[192.0.2.1]", "[IPv6:2001:db8::1]", "[ipv6:::1]"] { #expect(Host.isAddressLiteral(text), "\(text)") }
    for text in [
      "192.0.2.1", "[192.0.2]", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[x]", "[]", "[192.0.2.1", "[1.2.3.4]x",
    ] {
      #expect(!Host.isAddressLiteral(text), "\(text)")
    }
  }

  /// What is taken for this host may be sent a password in clear.
  @Test("Only addresses of this host count as this host")
  func loopback() {
    for url in [
      "smtp://localhost", "smtp://LOCALHOST:25", "smtp://mail.localhost:2525", "smtp://127.0.0.1",
      "smtp://127.255.1.2:25",
      "smtp://[::1]:25", "smtp://[0:0:0:0:0:0:0:1]", "smtp://[::ffff:127.0.0.1]:1", "smtps://mail.acme.test",
      "smtp+starttls://mail.acme.test:587",
    ] { #expect(!Host.isReachedInClear(url), "\(url)") }
    for url in [
      "smtp://mail.acme.test:25", "smtp://localhost.acme.test", "smtp://notlocalhost", "smtp://127.0.0.1.acme.test",
      "smtp://128.0.0.1", "smtp://127.1", "smtp://[2001:db8::1]", "smtp://[::ffff:10.0.0.1]", "smtp://10.0.0.1:25",
      "smtp://127.0.0.1x",
    ] { #expect(Host.isReachedInClear(url), "\(url)") }
  }

  @Test(
    "The port is the one that is written, or the scheme's",
    arguments: [
      ("smtp://h", 25), ("smtps://h", 465), ("smtp+starttls://h", 587), ("smtp://h:2525", 2525),
      ("smtps://[::1]:1465", 1465), ("smtp+starttls://[2001:db8::1]", 587),
    ])
  func port(url: String, port: Int) { #expect(Host.port(of: url) == port) }
}
