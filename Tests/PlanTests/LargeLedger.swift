import Foundation
import Ledger
import Postgres
import Steps
import Support
import Testing

/// What the planner knows of the tables.
enum Statistics: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// Nothing: they were never analysed.
  case empty
  /// What they were like when there were ten messages.
  case stale
  /// What they are like.
  case fresh

  var testDescription: String { "\(rawValue) statistics" }
}

/// A ledger of two hundred thousand messages, in a PostgreSQL of its own: its log is where the plans come out, of our
/// programs too, and nobody analyses a table behind a test's back.
///
/// Made once for the suite, with each kind of statistics; each test works on a copy of the database.
actor LargeLedger {
  /// The leads of `front` and `big`; the other campaigns have half of them.
  static let leads = 50_000
  @TaskLocal static var current: LargeLedger?

  private let cluster: Cluster
  private let schema: String
  private var copies = 0

  init() async throws {
    cluster = try await Cluster()
    let workspace = try await Workspace(url: cluster.url)
    schema = workspace.schema
    try await workspace.sql(
      """
      alter system set autovacuum = off;
      alter system set log_line_prefix = '\(Plan.mark)%a|%d|%p|';
      select pg_reload_conf();
      """)
    // What the product itself writes: ten messages.
    for (name, steps) in [("front", [0]), ("big", [0, 1]), ("held", [0]), ("done", [0])] {
      try await workspace.seed(name, port: 1, leads: 2, steps: steps, connections: 8, lease: 60, timeout: 30)
    }
    // All by one sender, so that only the campaign tells what is due from what must wait.
    try await workspace.sql(
      "update campaigns set sender_ids = (select array[id] from senders where name = 'big-mail')")
    for name in ["front", "big", "held", "done"] {
      let started = try await workspace.run("start-campaign", [name])
      try #require(started.exit == 0, "\(started.errors)")
    }
    try await workspace.sql("analyze")
    try await workspace.run("pause-campaign", ["front"])
    try await workspace.sql(LargeLedger.mass)
    for statistics in Statistics.allCases {
      try await workspace.sql("create database \(statistics.rawValue) template campanile")
      let template = await Workspace(schema: schema, url: cluster.url(of: statistics.rawValue))
      switch statistics {
      case .empty: try await template.sql(LargeLedger.forget)
      case .stale: break
      case .fresh: try await template.sql("vacuum analyze")
      }
    }
  }

  /// The mass of rows. `front` is paused, and all of it was due before anything of `big`, which runs and has two
  /// steps; all of `held` waits for another day; `done` is history. Without the checks of references: what is
  /// inserted was selected.
  private static let mass = """
    set session_replication_role = replica;
    insert into leads (email, first_name)
    select 'mass-' || n || '@' || n % 100 || '.test', 'Lead ' || n from generate_series(1, \(leads)) n;
    create temporary table mass as
    select id, row_number() over (order by id) as n from leads where email like 'mass-%';
    insert into messages (campaign_id, lead_id, sender_id, step_number, channel, scheduled_for, not_before, held_by,
                          status, sent_at, times_accepted, attempt, claim_id)
    select c.id, l.id, c.sender_ids[1], s.step_number, 'email',
           now() - case c.name when 'front' then interval '2 days' else interval '1 hour' end
             + s.day * interval '1 day',
           case when s.step_number > 1 then 'infinity'
                when c.name = 'held' then now() + interval '1 day' + l.n * interval '1 second' end::timestamptz,
           case when c.name = 'held' then 'min_gap' end,
           d.status, d.sent_at, (d.sent_at is not null)::int, (d.sent_at is not null)::int,
           case when d.sent_at is not null then gen_random_uuid() end
    from mass l
    join campaigns c on c.name in ('front', 'big') or l.n <= \(leads / 2)
    join campaign_steps s on s.campaign_id = c.id
    cross join lateral (select case when c.name = 'done' then 'sent' else 'pending' end as status,
                               case when c.name = 'done' then now() - interval '3 days' end as sent_at) d;
    insert into suppressions (value, channel, reason, source)
    select 'gone-' || n || '@gone.test', 'email', 'asked', 'test' from generate_series(1, \(leads / 2)) n;
    insert into lead_batches (name) select 'batch-' || n from generate_series(0, 24) n;
    insert into batch_leads (batch_id, lead_id)
    select b.id, l.id from mass l join lead_batches b on b.name = 'batch-' || l.n % 25;
    \(small)
    update messages m set status = 'sent', sent_at = now(), times_accepted = 1
    from campaigns c where c.id = m.campaign_id and c.name = 'done' and m.status = 'pending';
    update campaign_steps s set total = n.total, sent = n.sent
    from (select campaign_id, step_number, count(*) as total, count(*) filter (where status = 'sent') as sent
          from messages group by 1, 2) n
    where s.campaign_id = n.campaign_id and s.step_number = n.step_number;
    update campaigns c
    set open_count = n.total - n.sent, emails_scheduled_count = n.total, emails_sent_count = n.sent,
        status = case when n.total = n.sent then 'completed' else c.status end,
        completed_at = case when n.total = n.sent then now() end
    from (select campaign_id, sum(total) as total, sum(sent) as sent from campaign_steps group by 1) n
    where c.id = n.campaign_id;
    """

  /// The leads of `small`, half of them named one by one.
  static let smallLeads = 200
  /// `small` was not started: two steps, over a batch of its own and leads that are named, all of the mass.
  private static let small = """
    insert into lead_batches (name) values ('small-leads');
    insert into batch_leads (batch_id, lead_id)
    select b.id, l.id from mass l, lead_batches b where b.name = 'small-leads' and l.n % 500 = 1;
    insert into campaigns (name, campaign_type, use_workflow, workflow_id, sender_ids, batch_ids, lead_ids)
    select 'small', 'outreach', true, c.workflow_id, c.sender_ids, array[b.id],
           array(select l.id from mass l where l.n % 500 = 2)
    from campaigns c, lead_batches b where c.name = 'big' and b.name = 'small-leads';
    """

  /// A copy for one test, whose plans are logged, with such statistics.
  func copy(_ statistics: Statistics) async throws -> LedgerCopy {
    copies += 1
    let name = "copy_\(copies)_\(statistics.rawValue)"
    let maintenance = await Workspace(schema: schema, url: cluster.url)
    try await maintenance.sql(
      """
      create database \(name) template \(statistics.rawValue);
      alter database \(name) set session_preload_libraries = 'auto_explain';
      alter database \(name) set auto_explain.log_min_duration = 0;
      alter database \(name) set auto_explain.log_analyze = on;
      alter database \(name) set auto_explain.log_buffers = on;
      alter database \(name) set auto_explain.log_timing = off;
      alter database \(name) set auto_explain.log_nested_statements = on;
      alter database \(name) set auto_explain.log_format = json;
      """)
    return try await LedgerCopy(
      database: name, workspace: Workspace(schema: schema, url: cluster.url(of: name)), statistics: statistics,
      whole: self)
  }

  /// As if nobody had ever analysed, nor vacuumed: what `create table` and `create index` leave in the catalog.
  private static let forget = """
    delete from pg_statistic s using pg_class r
    where r.oid = s.starelid and r.relnamespace = current_schema()::regnamespace;
    update pg_class set relpages = 0, reltuples = -1, relallvisible = 0
    where relnamespace = current_schema()::regnamespace and relkind = 'r';
    update pg_class set relpages = 1, reltuples = 0
    where relnamespace = current_schema()::regnamespace and relkind = 'i';
    """

  /// How long the server's log is.
  func logLength() throws -> Int { try cluster.logLength() }
  /// The server's log from so many bytes on.
  func log(from offset: Int) throws -> Data { try cluster.log(from: offset) }
}

/// The large ledger for one test alone.
struct LedgerCopy {
  /// A campaign of it.
  struct Campaign {
    let id: String
    let barrier: Int
    let sender: String
  }

  let database: String
  let workspace: Workspace
  let statistics: Statistics
  let whole: LargeLedger
  /// Runs, and has a mass of messages due.
  let big: Campaign
  /// A message of it that is due, and that no claim of these tests comes to.
  let waiting: Int

  init(database: String, workspace: Workspace, statistics: Statistics, whole: LargeLedger) async throws {
    (self.database, self.workspace, self.statistics, self.whole) = (database, workspace, statistics, whole)
    let row = try await workspace.sql(
      "select id, number, sender_ids[1], (select max(id) from messages where campaign_id = c.id and step_number = 1)"
        + " from campaigns c where name = 'big'")
    let parts = try #require(row.first).split(separator: "|").map(String.init)
    waiting = Int(parts[3]) ?? 0
    big = Campaign(id: parts[0], barrier: Int(parts[1]) ?? 0, sender: parts[2])
  }

  /// A connection as our programs have it.
  func connection() throws -> Connection {
    try Connection(url: workspace.databaseURL(), application: "test", prologue: Prologue(schema: workspace.schema))
  }

  /// Claims messages of `big`, as a tick does.
  func claim(
    _ limit: Int, scan: Int = 0, after place: Place? = nil, on database: Connection
  ) throws -> (id: String, look: ClaimBatch) {
    let id = newClaimID()
    let claim = Batch.claim(
      id, campaign: big.id, barrier: big.barrier, sender: big.sender, lease: 60, limit: limit, scan: scan,
      after: place)
    try database.perform(claim.batch)
    return (id, claim)
  }

  /// The plans of all that our programs and connections do meanwhile.
  func plans(_ body: () async throws -> Void) async throws -> [Plan] {
    let begin = try await whole.logLength()
    try await body()
    return try Plan.read(try await whole.log(from: begin), of: database)
  }
}

/// Makes the large ledger for a suite, and removes it.
struct LargeLedgerTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await LargeLedger.$current.withValue(LargeLedger()) { try await function() }
  }
}

extension Trait where Self == LargeLedgerTrait {
  /// Gives the tests of a suite ``LargeLedger/current``.
  static var largeLedger: LargeLedgerTrait { LargeLedgerTrait() }
}
