-- The ledger and what it refers to. Names and words: DESIGN §2 and §7; states and transitions: sql/README.md.
-- Nothing here names a schema: search_path says which workspace this is.

-- The product's clock: the transaction's time plus `campanile.clock_offset`, by which tests, the demo and previews
-- travel in time. Unset or empty is zero. One expression, so that the planner inlines it and an index can be used.
create function clock() returns timestamptz
  language sql stable parallel safe
  as $$ select now() + coalesce(nullif(current_setting('campanile.clock_offset', true), '')::interval, interval '0') $$;

-- The advisory lock key of a campaign's barrier: (namespace of this workspace, the campaign's number).
-- A collision of two hashes only makes two workspaces wait for each other.
create function barrier_namespace() returns integer
  language sql stable parallel safe
  as $$ select hashtext('campanile.barrier.' || current_schema()) $$;

create table senders (
  id            uuid primary key default gen_random_uuid(),
  name          text not null unique,
  channel       text not null check (channel in ('email', 'whatsapp', 'voice')),
  from_mailbox  text,                         -- email: the mailbox of the From header, as the document has it
  url           text not null,                -- smtp://host:port, smtp+starttls://…, smtps://…
  username      text,
  password_env  text check (password_env like 'SENDER\_%'),  -- the name of a variable, never the secret
  connections   integer not null default 8 check (connections between 1 and 1000),
  lease         interval not null default '60 seconds',
  timeout       interval not null default '30 seconds',      -- of one attempt, whole
  -- Why this sender cannot send: its own fault (password, TLS, unreachable), nobody's failure.
  trouble       text,
  trouble_since timestamptz,
  created_at    timestamptz not null default clock(),
  updated_at    timestamptz not null default clock(),
  constraint senders_lease_outlasts_timeout
    check (lease >= timeout + greatest(interval '1 second', timeout / 4)),
  constraint senders_trouble check ((trouble is null) = (trouble_since is null)),
  constraint senders_email check (channel <> 'email' or from_mailbox is not null)
);

create table email_templates (               -- of every channel; the name is the field's
  id         uuid primary key default gen_random_uuid(),
  name       text not null unique,
  channel    text not null check (channel in ('email', 'whatsapp', 'voice')),
  subject    text,
  text       text not null,
  html       text,
  variables  text[] not null default '{}',   -- the ones that must have a value for some lead
  created_at timestamptz not null default clock(),
  updated_at timestamptz not null default clock(),
  constraint email_templates_email check (channel <> 'email' or subject is not null)
);

create table workflows (
  id         uuid primary key default gen_random_uuid(),
  name       text not null unique,
  created_at timestamptz not null default clock(),
  updated_at timestamptz not null default clock()
);

create table workflow_steps (
  workflow_id         uuid not null references workflows on delete cascade,
  step_number         integer not null check (step_number >= 1),
  template_id         uuid not null references email_templates,
  days_after_previous integer not null check (days_after_previous between 0 and 3650),
  primary key (workflow_id, step_number)
);

create table leads (
  id                uuid primary key default gen_random_uuid(),
  email             text,
  phone             text,
  first_name        text,
  contact_name      text,
  company_name      text,
  industry          text,
  city              text,
  country           text,
  website           text,
  attributes        jsonb not null default '{}',  -- every further column of the CSV, by its name
  status            text not null default 'new',
  emails_sent       integer not null default 0,
  messages_sent     integer not null default 0,
  last_contacted_at timestamptz,
  created_at        timestamptz not null default clock(),
  updated_at        timestamptz not null default clock(),
  constraint leads_reachable check (email is not null or phone is not null),
  constraint leads_status check (
    status in ('new', 'contacted', 'not_interested', 'converted', 'invalid', 'replied', 'unsubscribed')
    or status ~ '^follow_up_[1-9][0-9]*$')
);
-- By what emails are compared: without their case. `collate "C"` twice over: an ASCII address, which nearly all are, is
-- lowered byte by byte, in every locale alike, and the index compares bytes instead of asking the locale.
-- One expression, so that the planner inlines it. A statement that is to use the index says
--   l.email is not null and email_key(l.email) = email_key(…) collate "C"
create function email_key(email text) returns text
  language sql immutable parallel safe
  as $$ select case when octet_length(email) = length(email) then lower(email collate "C") else lower(email) end $$;
create unique index leads_email on leads (email_key(email) collate "C") where email is not null;
create index leads_phone on leads (phone) where phone is not null;

create table campaigns (
  id                    uuid primary key default gen_random_uuid(),
  number                integer generated always as identity unique,  -- the barrier's key
  name                  text not null unique,
  campaign_type         text not null check (campaign_type in ('outreach', 'lead_generation', 'fully_automated')),
  status                text not null default 'draft'
    check (status in ('draft', 'scheduled', 'running', 'paused', 'failed', 'completed', 'cancelled')),
  use_workflow          boolean not null,
  workflow_id           uuid references workflows,
  template_id           uuid references email_templates,
  sender_ids            uuid[] not null,
  batch_ids             uuid[] not null default '{}',
  lead_ids              uuid[] not null default '{}',
  retry_times           integer not null default 3 check (retry_times between 0 and 100),
  retry_after           interval not null default '1 hour' check (retry_after >= interval '0'),
  on_unknown            text not null default 'hold' check (on_unknown in ('hold', 'resend')),
  -- How much sooner than its delay after the step before it a step may go out, so that all leads keep their day.
  spacing_tolerance     interval not null default '1 hour',
  actual_started_at     timestamptz,
  paused_at             timestamptz,
  paused_total          interval not null default '0',   -- the campaign clock: coalesce(paused_at, clock()) - this
  completed_at          timestamptz,
  failed_at             timestamptz,
  failure_reason        text,
  total_leads_targeted  integer not null default 0,
  -- Kept by count_moves(), in the transaction that moves the messages; never counted on a path that runs every tick.
  open_count            bigint not null default 0 check (open_count >= 0),     -- pending or sending, every channel
  emails_scheduled_count bigint not null default 0,      -- email messages in the ledger
  emails_sent_count     bigint not null default 0,
  emails_failed_count   bigint not null default 0,
  created_at            timestamptz not null default clock(),
  updated_at            timestamptz not null default clock(),
  constraint campaigns_plan check (case when use_workflow then workflow_id is not null and template_id is null
                                        else template_id is not null and workflow_id is null end),
  constraint campaigns_paused check ((status = 'paused') = (paused_at is not null)),
  constraint campaigns_completed check ((status = 'completed') = (completed_at is not null)),
  constraint campaigns_failed check ((status = 'failed') = (failed_at is not null)),
  constraint campaigns_started check (status in ('draft', 'scheduled', 'cancelled') or actual_started_at is not null),
  constraint campaigns_open check (status not in ('draft', 'completed') or open_count = 0)
);

create table lead_batches (
  id                 uuid primary key default gen_random_uuid(),
  name               text not null unique,
  active_campaign_id uuid references campaigns,          -- the campaign that uses it, and locks it
  campaign_history   jsonb not null default '[]',        -- [{campaign, taken_at, released_at, because}]
  created_at         timestamptz not null default clock()
);
create index lead_batches_active on lead_batches (active_campaign_id) where active_campaign_id is not null;

create table batch_leads (
  batch_id uuid not null references lead_batches on delete cascade,
  lead_id  uuid not null references leads,
  position bigint generated always as identity,          -- the order of the file
  primary key (batch_id, lead_id)
);

-- The plan as it was when the campaign started, and what has become of each step.
create table campaign_steps (
  campaign_id         uuid not null references campaigns,
  step_number         integer not null,
  template_id         uuid not null references email_templates,
  channel             text not null,
  days_after_previous integer not null,
  day                 integer not null,                  -- days after the start: the sum of the delays
  total               bigint not null default 0,
  sent                bigint not null default 0,
  failed              bigint not null default 0,
  skipped             bigint not null default 0,
  cancelled           bigint not null default 0,
  unknown             bigint not null default 0,
  primary key (campaign_id, step_number),
  constraint campaign_steps_counters check (
    least(sent, failed, skipped, cancelled, unknown) >= 0
    and sent + failed + skipped + cancelled + unknown <= total)
);

-- The ledger: one row per recipient and step.
create table messages (
  id             bigint generated always as identity primary key,
  campaign_id    uuid not null,
  lead_id        uuid not null references leads,
  sender_id      uuid not null references senders,       -- a lead keeps its sender for the whole sequence
  scheduled_for  timestamptz not null,                   -- in the campaign's clock
  not_before     timestamptz,                            -- in real time; infinity: waits for the step before it
  deadline       timestamptz,                            -- true time: past it nothing is handed over for this claim
  sent_at        timestamptz,
  failed_at      timestamptz,
  unknown_since  timestamptz,
  claim_id       uuid,                                   -- the fencing token; stays after the message has settled
  step_number    integer not null,
  attempt        smallint not null default 0,            -- attempts begun
  times_accepted smallint not null default 0,            -- 2: sent twice, and shown as that
  channel        text not null,
  status         text not null default 'pending'
    check (status in ('pending', 'sending', 'sent', 'failed', 'skipped', 'cancelled', 'unknown')),
  provider_id    text,                                   -- what the transport called it
  failure_reason text,                                   -- of the last attempt that did not end in `accepted`
  skip_reason    text,
  foreign key (campaign_id, step_number) references campaign_steps,
  unique (campaign_id, lead_id, step_number),
  constraint messages_sending check (status <> 'sending' or (claim_id is not null and deadline is not null and attempt > 0)),
  constraint messages_not_before check (not_before is null or status = 'pending'),
  constraint messages_sent check ((status = 'sent') = (sent_at is not null)),
  constraint messages_accepted check ((status = 'sent') = (times_accepted > 0)),
  constraint messages_failed check ((status = 'failed') = (failed_at is not null)),
  constraint messages_unknown check ((status = 'unknown') = (unknown_since is not null)),
  constraint messages_reason check (status not in ('failed', 'unknown') or failure_reason is not null),
  constraint messages_skipped check ((status = 'skipped') = (skip_reason is not null))
);
-- What a claim reads, in the order in which it reads it.
create index messages_due on messages (campaign_id, sender_id, scheduled_for, id)
  where status = 'pending' and not_before is null;
-- What waits for an instant of real time.
create index messages_held on messages (not_before)
  where status = 'pending' and not_before < 'infinity';
-- What is or may be with a transport: recovery and pause read this.
create index messages_in_flight on messages (deadline) where deadline is not null;

-- Attempts whose fate was not known when they were settled, and what was learnt of them later. An attempt without a
-- late outcome is unaccounted for: a final refusal of a later attempt then cannot make the message `failed`.
create table unknown_attempts (
  message_id   bigint not null references messages,
  claim_id     uuid not null,
  since        timestamptz not null,
  late_outcome text check (late_outcome in ('accepted', 'deferred', 'refused', 'returned')),
  settled_at   timestamptz,
  provider_id  text,
  reason       text,
  primary key (message_id, claim_id),
  constraint unknown_attempts_settled check ((late_outcome is null) = (settled_at is null))
);

-- The email part of the ledger, under the names that the field uses.
create view scheduled_emails as
  select m.id, m.campaign_id, m.lead_id, s.template_id, c.workflow_id, m.step_number as workflow_step_number,
         -- In wall time: the campaign's clock stands still while it is paused.
         m.scheduled_for + c.paused_total + coalesce(clock() - c.paused_at, interval '0') as scheduled_for,
         case m.status when 'sending' then 'pending' when 'unknown' then 'failed' else m.status end as status,
         m.sent_at, coalesce(m.failed_at, m.unknown_since) as failed_at,
         case m.status when 'unknown' then 'unknown: ' || m.failure_reason else coalesce(m.failure_reason, m.skip_reason) end
           as failure_reason,
         greatest(m.attempt - 1, 0) as retry_count,
         c.actual_started_at as created_at,
         coalesce(m.sent_at, m.failed_at, m.unknown_since, c.actual_started_at) as updated_at
  from messages m
  join campaigns c on c.id = m.campaign_id
  join campaign_steps s on s.campaign_id = m.campaign_id and s.step_number = m.step_number
  where m.channel = 'email';
