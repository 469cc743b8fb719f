import Glibc

/// Names and addresses of hosts, as mail servers see them.
package enum Host {
  /// Whether a text is a host's full name: labels of letters, digits and hyphens with a dot between them (RFC 5321, 4.1.2),
  /// the last one not a number.
  package static func isFullName(_ text: some StringProtocol) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, labels.count > 1, let last = labels.last else { return false }
    return last.utf8.contains { !digits.contains($0) }
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.utf8.allSatisfy { labelOctets.contains($0) }
          && label.first != "-" && label.last != "-"
      }
  }

  /// Whether a full name means something beyond its own network: `vm.localdomain` and its like are names that many hosts
  /// have (RFC 6761, RFC 6762, RFC 8375, and what ICANN keeps for private use).
  package static func isPublicName(_ text: some StringProtocol) -> Bool {
    let reserved = [".localhost", ".localdomain", ".local", ".internal", ".lan", ".home.arpa"]
    return isFullName(text) && !reserved.contains { text.lowercased().hasSuffix($0) }
  }

  /// Whether a text is an address literal (RFC 5321, 4.1.3): `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
  package static func isAddressLiteral(_ text: String) -> Bool {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return false }
    let inside = text.dropFirst().dropLast()
    let tag = "IPv6:"
    if inside.lowercased().hasPrefix(tag.lowercased()) { return address6(inside.dropFirst(tag.count)) != nil }
    return address4(inside) != nil
  }

  /// Whether the address of a mail server is one where nothing is encrypted and that is not this host.
  package static func isReachedInClear(_ url: String) -> Bool {
    guard url.hasPrefix("smtp://") else { return false }
    return !isLoopback(name(of: url))
  }

  /// The host in the address of a mail server, an IPv6 address without its brackets.
  package static func name(of url: String) -> Substring {
    guard let scheme = url.firstRange(of: "://") else { return "" }
    let rest = url[scheme.upperBound...]
    if rest.first == "[" { return rest.dropFirst().prefix { $0 != "]" } }
    return rest.prefix { $0 != ":" && $0 != "/" }
  }

  /// The port in the address of a mail server, or the scheme's own: submission with STARTTLS is 587 (RFC 6409, 3.1).
  package static func port(of url: String) -> Int {
    // A colon in brackets is an IPv6 address.
    let tail = url.reversed().prefix { $0 != "]" && $0 != "/" }
    if let colon = tail.firstIndex(of: ":"), let port = Int(String(tail[..<colon].reversed())) { return port }
    return url.hasPrefix("smtps://") ? 465 : url.hasPrefix("smtp+starttls://") ? 587 : 25
  }

  /// Whether a host is this one (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3; RFC 6761, 6.3).
  package static func isLoopback(_ host: some StringProtocol) -> Bool {
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") { return true }
    if let octets = address4(name) { return octets[0] == 127 }
    guard let octets = address6(name) else { return false }
    return octets == [UInt8](repeating: 0, count: 15) + [1]
      || octets.prefix(12) == [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] && octets[12] == 127
  }

  /// The octets of an IPv4 address, in the one spelling that everybody reads alike.
  package static func address4(_ text: some StringProtocol) -> [UInt8]? {
    var address = in_addr()
    guard inet_pton(AF_INET, String(text), &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { Array($0) }
  }

  /// The octets of an IPv6 address.
  package static func address6(_ text: some StringProtocol) -> [UInt8]? {
    var address = in6_addr()
    guard inet_pton(AF_INET6, String(text), &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { Array($0) }
  }

  /// Whether an octet stands for itself in a URL (RFC 3986, 2.3), and in a name.
  package static func isUnreserved(_ octet: UInt8) -> Bool { labelOctets.contains(octet) || octet == UInt8(ascii: ".") }

  private static let digits = Set("0123456789".utf8)
  private static let labelOctets = digits.union("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-".utf8)
}
