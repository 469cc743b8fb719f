import Function
import Ledger
import Postgres
import Steps

@main
struct Tick: Function {
  static let budget = Argument.standard(
    "budget", .option, .seconds, "50", "how long it may go on claiming; what is out is waited for")

  static let quiet = Argument.flag("quiet", "prints nothing unless something needs a person; for cron")

  static let manual = Manual(
    "tick", "sends what is due",
    discussion: """
      Recovers what a crash left, then claims messages that are due, hands them to the transport and records what
      became of them, until nothing is due or the budget is spent; then it settles what is still out and exits.
      Campaigns whose start time has come are started behind the first sending, in half of the budget. Any
      number of ticks may run at once, on any number of hosts; each message is claimed by one, and they keep
      caps and paces together.

      Where a pace has no slot yet it waits for the next one, while its budget lasts. What a cap, a window or
      the gap to another campaign holds back is left to later ticks; campaign-status says until when.

      A refusal counts against a lead only when others got through behind it. What a mail server says of the
      sender (a quota, a disk, an account, an address that is not ours) costs no lead an attempt: the sender
      rests, probes with one message when that is over, and goes on by itself.

      SIGTERM and SIGINT make it stop claiming, settle what is out, and exit 0. After SIGKILL, or a crash of
      the host, call it again: what was not sent is sent, and what may have been sent is shown as unknown.

      Prints how many messages were claimed and what became of them (recovered: left by a tick that died;
      held: put aside by a rule, or refused and not yet believed), the campaigns that were started and that
      completed, the senders that cannot send (stopped: why, and until when they rest), and the seconds it
      took. With --quiet it prints that only if it could not do all of its work, if a sender cannot send, a
      campaign failed or could not be started, or a message became unknown or was left by a tick that died; and
      it logs nothing below warning. A refusal that is one lead's is none of these: it is in campaign-messages.
      """,
    arguments: [budget.declaration, quiet.declaration],
    environment: [
      ("SENDER_…", "the password or token of a sender, under the name that its document says"),
      ("SENDER_…_COMMAND", "a command that prints the token, where that variable is not set"),
      ("SSL_CERT_FILE", "certificate authorities instead of the system's"),
    ],
    exits: [.unavailable])

  static func run(_ call: Call) throws -> Report {
    let begun = Seconds.now
    if call[quiet] { call.keepQuiet() }
    let interrupt = Interrupt()
    let deadMan = try DeadMan()
    var first = Batch()
    let look = first.add(LookAround())
    let database = try call.database(first)

    let recovery = try database.recover(look.values.first)
    for name in recovery.notRecovered {
      call.log.warning("a campaign is locked by somebody, and was not recovered", metadata: ["campaign": "\(name)"])
    }
    let end = begun + call[budget]
    let due = recovery.hasScheduled ? try database.findDueStarts() : []
    var sent = Sending.Progress(database: database)
    func send(until end: Double) throws {
      let sending = try Sending(call, sent, interrupt: interrupt, deadMan: deadMan)
      try sending.run(until: end)
      sent = sending.result
    }
    // Most ticks have nothing to send, and getting the transports ready takes a tenth of their time. What runs goes first:
    // a start writes a whole ledger, and would keep the others waiting for it.
    if recovery.hasRunning { try send(until: due.isEmpty ? end : begun + call[budget] / 2) }
    let starts = due.isEmpty ? (started: [], failed: []) : try sent.database.startWhatIsDue(until: end)
    for name in starts.started { call.log.info("campaign started", metadata: ["campaign": "\(name)"]) }
    for (name, reason) in starts.failed {
      call.log.warning("a campaign could not be started", metadata: ["campaign": "\(name)", "reason": "\(reason)"])
    }
    if !due.isEmpty { try send(until: end) }

    let (tally, troubles) = (sent.tally, sent.troubles)
    let completed = recovery.completed + tally.completed
    for name in completed { call.log.info("campaign completed", metadata: ["campaign": "\(name)"]) }
    let report = Report(
      [
        "claimed": .int(tally.claimed), "sent": .int(tally.sent), "deferred": .int(tally.deferred),
        "failed": .int(tally.failed), "skipped": .int(tally.skipped), "unknown": .int(tally.unknown),
        "returned": .int(tally.returned), "held": .int(tally.held), "recovered": .int(recovery.total),
        "started": .array(starts.started.map { .string($0) }),
        "completed": .array(completed.map { .string($0) }),
        "stopped": .array(
          troubles.map { ["sender": .string($0.sender), "reason": .string($0.reason), "until": JSON($0.until)] }),
        "seconds": .double(((Seconds.now - begun) * 1000).rounded() / 1000),
      ],
      exit: troubles.isEmpty ? .done : .unavailable)
    let isFine =
      troubles.isEmpty && starts.failed.isEmpty && recovery.notRecovered.isEmpty && recovery.total == 0
      && tally.unknown == 0 && tally.failedCampaigns.isEmpty
    return call[quiet] && isFine ? .written : report
  }
}
