import CCurl
import Campaign
import Email

/// What went wrong in the part of the dialogue that libcurl leads, in words that say what to do.
extension SMTPConnection {
  /// - Parameter detail: libcurl's own words.
  func trouble(_ result: CURLcode, detail: String) -> ConnectionTrouble {
    // What a server says when all is well is no complaint.
    let complaint = heard.last.flatMap { $0.isPositive ? nil : $0 }
    let said = complaint.map { "; the server said: \($0.text)" } ?? ""
    let (host, url) = (Host.name(of: settings.url), settings.url)
    var stage = heard.count > 1 || complaint == nil && !heard.isEmpty ? Stage.helo : .connect
    let sentence: String
    switch result {
    case CURLE_WRITE_ERROR where stranger != nil:
      sentence = "this is no mail server: it says \"\(stranger ?? "")\""
    case CURLE_COULDNT_RESOLVE_HOST: sentence = "the server's name \(host) cannot be resolved"
    case CURLE_OPERATION_TIMEDOUT: return trouble(afterSilenceOf: "\(settings.timeout) s")
    case CURLE_USE_SSL_FAILED:
      sentence =
        complaint.map { "the server refuses STARTTLS now: \($0.text)" }
        ?? "the server does not offer STARTTLS, which this sender requires"
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
      stage = .connect
      sentence = TLSProblem(result, detail: detail, settings: settings).sentence
    case _ where complaint != nil && heard.count == 1:
      sentence = "the server refused the connection: \(complaint?.text ?? "")"
    case _ where complaint != nil:
      sentence =
        "the server refused EHLO \(helo): \(complaint?.text ?? "")\(helo == settings.helo ? "" : " (helo sets the name)")"
    case CURLE_RECV_ERROR where heard.isEmpty, CURLE_GOT_NOTHING where heard.isEmpty,
      CURLE_WEIRD_SERVER_REPLY where heard.isEmpty:
      sentence = "the server hung up before it said anything; \(SMTPConnection.hint(url))"
    default:
      sentence = (detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail) + said
    }
    return ConnectionTrouble(
      sentence: sentence, stage: stage, reply: stage == .connect && heard.count > 1 ? nil : complaint)
  }

  /// The server has said nothing, or nothing more.
  func trouble(afterSilenceOf seconds: String) -> ConnectionTrouble {
    if !heard.isEmpty {
      return ConnectionTrouble(sentence: "the server did not answer within \(seconds)", stage: .helo, reply: nil)
    }
    let sentence =
      connectedAt != nil
      ? "the server did not greet within \(seconds); \(SMTPConnection.hint(settings.url))"
      : "no connection to \(Host.name(of: settings.url)), port \(Host.port(of: settings.url)), came about within \(seconds)"
    return ConnectionTrouble(sentence: sentence, stage: .connect, reply: nil)
  }

  /// Since when there is a TCP connection, while libcurl opens it.
  var connectedAt: Double? {
    var microseconds = curl_off_t(0)
    let isKnown = curl_easy_getinfo_offset(easy, CURLINFO_CONNECT_TIME_T, &microseconds) == CURLE_OK
    return isKnown && microseconds > 0 ? begunAt + Double(microseconds) / 1e6 : nil
  }

  /// What has been missing so far, and for how long.
  var silence: ConnectionTrouble {
    let seconds = "\(Int((bootTime() - begunAt).rounded())) s"
    if login != nil {
      return ConnectionTrouble(
        sentence: "the server did not answer the login within \(seconds)", stage: .auth, reply: nil)
    }
    return trouble(afterSilenceOf: seconds)
  }

  /// What an idle server says.
  func goodbye(_ bytes: [UInt8]) -> ConnectionTrouble {
    var reader = ReplyReader()
    reader.append(bytes[...])
    let reply = reader.next() ?? nil
    // Behind a login it may be about the login still.
    let words = reply.map { ": \(credentials == nil ? $0.text : $0.codes)" } ?? ""
    return ConnectionTrouble(
      sentence: "the server hung up before the first mail\(words)", stage: .connect, reply: reply)
  }

  /// What people mix up: a port where TLS begins at once waits for us to speak, and one where it does not waits for its
  /// own greeting to be answered.
  private static func hint(_ url: String) -> String {
    url.hasPrefix("smtps://")
      ? "if this port begins without TLS, use smtp+starttls://"
      : "if this port speaks TLS from the first byte, use smtps://"
  }
}

/// Why there is no TLS, from what OpenSSL or GnuTLS say through libcurl.
private struct TLSProblem {
  let sentence: String

  init(_ result: CURLcode, detail: String, settings: MailSettings) {
    let words = detail.lowercased()
    func says(_ phrases: String...) -> Bool { phrases.contains { words.contains($0) } }
    let host = Host.name(of: settings.url)
    if result == CURLE_SSL_CACERT_BADFILE {
      sentence = "the file of certificate authorities cannot be used; SSL_CERT_FILE names it: \(detail)"
    } else if says("wrong version number", "unexpected tls packet", "packet length too long", "record layer failure") {
      sentence =
        settings.url.hasPrefix("smtps://")
        ? "this port does not speak TLS from the first byte: use smtp+starttls://"
        : "the server does not speak TLS after STARTTLS: \(detail)"
    } else if says("certificate has expired", "expired") {
      sentence = "the server's certificate has expired: \(detail)"
    } else if says("not yet valid", "not yet activated") {
      sentence = "the server's certificate is not valid yet; is this machine's clock right? \(detail)"
    } else if says("does not match", "no alternative certificate subject name", "hostname mismatch", "doesn't match") {
      sentence = "the server's certificate is for another name than \(host): use the name that it is for as the host"
    } else if result == CURLE_PEER_FAILED_VERIFICATION || says("certificate", "issuer") {
      sentence =
        "the server's certificate is from an authority that is not trusted here; if it is your own, name its certificate "
        + "in SSL_CERT_FILE: \(detail)"
    } else {
      sentence =
        "there is no TLS with the server: \(detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail)"
    }
  }
}
