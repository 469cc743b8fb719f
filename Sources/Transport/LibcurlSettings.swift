import CCurl
import Campaign

extension SMTPConnection {
  /// Tells libcurl what to open; it is given no user and no password.
  static func configure(_ handle: UnsafeMutableRawPointer, _ settings: MailSettings, helo: String) {
    let host = Host.name(of: settings.url)
    let place = "\(host.contains(":") ? "[\(host)]" : host):\(Host.port(of: settings.url))"
    let scheme = settings.url.hasPrefix("smtps://") ? "smtps" : "smtp"
    // libcurl takes the name in EHLO from the path.
    curl_easy_setopt_string(handle, CURLOPT_URL, "\(scheme)://\(place)/\(escaped(helo))")
    if settings.url.hasPrefix("smtp+starttls://") {
      // Required, not tried: without STARTTLS the connection fails.
      curl_easy_setopt_long(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
    }
    curl_easy_setopt_string(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    // Not from the environment: a client of a CGI gateway can set HTTP_PROXY.
    curl_easy_setopt_string(handle, CURLOPT_PROXY, "")
    curl_easy_setopt_long(handle, CURLOPT_CONNECT_ONLY, 1)
    curl_easy_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
    curl_easy_setopt_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
    curl_easy_setopt_long(handle, CURLOPT_TIMEOUT_MS, Int(settings.timeout * 1000))
    // libcurl would close it after two minutes, whatever we are doing with it.
    curl_easy_setopt_long(handle, CURLOPT_MAXAGE_CONN, 1 << 30)
    if let authorities = settings.certificateAuthorities {
      curl_easy_setopt_string(handle, CURLOPT_CAINFO, authorities)
    }
  }

  /// A name as it stands in a URL (RFC 3986, 2.1): an address literal has brackets and colons.
  private static func escaped(_ name: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return name.utf8.map { octet in
      let isPlain = Host.isUnreserved(octet)
      return isPlain ? String(UnicodeScalar(octet)) : "%\(digits[Int(octet >> 4)])\(digits[Int(octet & 15)])"
    }.joined()
  }
}
