import Campaign
import Email
import Function
import Ledger
import Steps
import Transport

/// One sender during a tick: its connections, and the campaigns that have messages due by it.
final class SenderRun {
  let id: String
  let name: String
  let from: Mailbox
  let transport: MailTransport
  /// Seconds that a claim lasts.
  let lease: Double
  /// The campaigns that may have more, in turn.
  var campaigns: [LoadWork.Row] = []
  /// How many messages are due at least, which says how many connections are worth opening.
  var due = 0
  /// Whether it has a pace: then a connection is opened when there is a slot, and not for everything that is due.
  var isPaced = false
  /// Before this instant (`Seconds.now`) its pace has no slot, or it rests.
  var readyAt = 0.0
  /// When a refusal last made it rest (`Seconds.now`): what is accepted of before does not end that.
  var restedAt = 0.0
  /// Where the last claim of a campaign has ended; the next one goes on there.
  var places: [String: Place] = [:]
  /// How many messages the next claim looks at, because the last one found some that a rule holds back.
  var scan = 0
  /// Whether the last claim found messages that must be skipped: the next one finds them too until that is recorded.
  var hasSkips = false
  /// Why it could not send the last time; while that is what the campaigns say, it has one message out at most.
  var trouble: String?
  /// Whose fault its refusals are.
  var judge: Judge
  /// What was claimed and is handed over next, before the tick waits for anything.
  var claimed: [Claimed] = []
  /// How many claims were sent that have not been answered, and for how many messages at most.
  var claims = 0
  var asked = 0

  /// - Throws: why this sender cannot send, as a sentence: what it needs is missing or wrong.
  init(
    _ work: LoadWork.Row, held: [LoadHeldRefusals.Row], call: Call, loop: TransportLoop
  ) throws(Failure) {
    id = work.sender
    name = work.senderName
    trouble = work.trouble
    lease = work.lease
    guard work.channel == "email" else { throw Failure(.configuration, "the channel \(work.channel) is not kept yet") }
    do throws(MailboxError) {
      from = try Mailbox(parsing: work.from ?? "")
    } catch {
      throw Failure(.configuration, "its from cannot be used: \(error)")
    }
    judge = Judge(
      own: [from.address, String(from.domain), work.username, work.helo].compactMap { $0 },
      memory: Judge.Memory(json: work.evidence), held: Dictionary(held: held))
    transport = MailTransport(
      MailSettings(
        url: work.url, from: from, login: try SenderRun.login(work, call), allowsCleartext: work.allowsCleartext,
        helo: work.helo, connections: work.connections, timeout: work.timeout,
        certificateAuthorities: call.environment("SSL_CERT_FILE")),
      hasTrouble: work.trouble != nil, loop: loop)
  }

  /// How it logs in: with what stands in the variable that the document names. A command that prints a token comes from
  /// the environment alone, because a document may have come from afar.
  private static func login(_ work: LoadWork.Row, _ call: Call) throws(Failure) -> MailSettings.Login? {
    guard let username = work.username else { return nil }
    if let variable = work.tokenVariable {
      let secret: MailSettings.Login.Secret
      if let text = call.environment(variable) {
        guard let token = token(in: text) else {
          throw Failure(
            .configuration, "the environment variable \(variable) has no token in it: it has blanks, or more")
        }
        secret = .token(token)
      } else if let command = call.environment("\(variable)_COMMAND") {
        secret = .command(command)
      } else {
        throw Failure(
          .configuration,
          "the environment variable \(variable) is not set, nor \(variable)_COMMAND, a command that prints the token")
      }
      return MailSettings.Login(username: username, secret: secret, variable: variable)
    }
    guard let variable = work.passwordVariable else {
      throw Failure(.configuration, "it has a username, and neither password_env nor token_env")
    }
    guard let password = call.environment(variable) else {
      throw Failure(.configuration, "the environment variable \(variable) is not set")
    }
    return MailSettings.Login(username: username, secret: .password(password), variable: variable)
  }
}

/// A message that is with the transport.
struct InFlight {
  let claim: String
  let to: Mailbox
  /// When it was handed over (`Seconds.now`).
  let begun: Double
}

/// A message of a committed claim.
struct Claimed {
  let message: ClaimMessages.Row
  let claim: String
  /// Its deadline (`CLOCK_BOOTTIME`).
  let deadline: Double
}
