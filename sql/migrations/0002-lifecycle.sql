-- Pause, resume, cancel: what they need of the ledger, and the timeline of a campaign.

alter table campaigns
  add column pause_number integer not null default 0,    -- which pause this is: a pauser must know its own again
  add column resumed_at   timestamptz,
  add column cancelled_at timestamptz,
  drop constraint campaigns_started,
  -- A paused campaign that was never started is a scheduled one whose start is held.
  add constraint campaigns_started check (status in ('draft', 'scheduled', 'paused', 'cancelled') or actual_started_at is not null),
  add constraint campaigns_cancelled check ((status = 'cancelled') = (cancelled_at is not null));

-- Every change of a campaign's state, with who made it and why.
create table campaign_events (
  id          bigint generated always as identity primary key,
  campaign_id uuid not null references campaigns,
  at          timestamptz not null,
  was         text,
  becomes     text not null,
  actor       text not null,
  reason      text,
  detail      jsonb
);
create index campaign_events_of on campaign_events (campaign_id, id);

-- A trigger, because a campaign changes its state in many statements, and none may forget the timeline.
create function note_campaign_event() returns trigger
  language plpgsql
  as $$
begin
  insert into campaign_events (campaign_id, at, was, becomes, actor, reason)
  values (new.id, clock(), case when tg_op = 'UPDATE' then old.status end, new.status,
          coalesce(nullif(current_setting('campanile.actor', true), ''), current_setting('application_name')),
          coalesce(nullif(current_setting('campanile.reason', true), ''), new.failure_reason));
  return null;
end $$;
create trigger campaign_events_insert after insert on campaigns for each row execute function note_campaign_event();
create trigger campaign_events_update after update of status on campaigns
  for each row when (old.status is distinct from new.status) execute function note_campaign_event();

-- The one place where counters move and a campaign completes. Called by every statement that moves messages, in
-- the same statement, with one element per moved message. The caller has locked the campaigns' rows.
create or replace function count_moves(campaigns_of uuid[], steps_of integer[], was text[], becomes text[])
  returns table (campaign_id uuid, name text, status text, has_completed boolean)
  language plpgsql
  set plan_cache_mode = force_generic_plan
  as $$
#variable_conflict use_column
declare
  completed uuid[];
  finished  uuid[];   -- completed, or cancelled and without an open message: their batches are free
begin
  with moves as (
    select m.campaign_id, m.step_number, m.was, m.becomes
    from unnest(campaigns_of, steps_of, was, becomes) as m (campaign_id, step_number, was, becomes)
    where m.was <> m.becomes
  ), per_step as (
    select m.campaign_id, m.step_number,
           count(*) filter (where m.becomes = 'sent')      - count(*) filter (where m.was = 'sent')      as sent,
           count(*) filter (where m.becomes = 'failed')    - count(*) filter (where m.was = 'failed')    as failed,
           count(*) filter (where m.becomes = 'skipped')   - count(*) filter (where m.was = 'skipped')   as skipped,
           count(*) filter (where m.becomes = 'cancelled') - count(*) filter (where m.was = 'cancelled') as cancelled,
           count(*) filter (where m.becomes = 'unknown')   - count(*) filter (where m.was = 'unknown')   as unknown
    from moves m
    where not (m.was in ('pending', 'sending') and m.becomes in ('pending', 'sending'))
    group by m.campaign_id, m.step_number
  ), stepped as (
    update campaign_steps s
    set sent = s.sent + d.sent, failed = s.failed + d.failed, skipped = s.skipped + d.skipped,
        cancelled = s.cancelled + d.cancelled, unknown = s.unknown + d.unknown
    from per_step d
    where s.campaign_id = d.campaign_id and s.step_number = d.step_number
    returning s.campaign_id, s.channel, d.sent, d.failed, d.sent + d.failed + d.skipped + d.cancelled + d.unknown as settled
  ), per_campaign as (
    select s.campaign_id, sum(s.settled) as settled,
           coalesce(sum(s.sent) filter (where s.channel = 'email'), 0) as emails_sent,
           coalesce(sum(s.failed) filter (where s.channel = 'email'), 0) as emails_failed
    from stepped s
    group by s.campaign_id
  ), changed as (
    update campaigns c
    set open_count = c.open_count - d.settled,
        emails_sent_count = c.emails_sent_count + d.emails_sent,
        emails_failed_count = c.emails_failed_count + d.emails_failed,
        status = case when c.open_count = d.settled and c.status in ('running', 'paused', 'failed')
                      then 'completed' else c.status end,
        completed_at = case when c.open_count = d.settled and c.status in ('running', 'paused', 'failed')
                            then clock() else c.completed_at end,
        -- A campaign that completes while it is paused has spent that time paused.
        paused_total = case when c.open_count = d.settled and c.status = 'paused'
                            then c.paused_total + (clock() - c.paused_at) else c.paused_total end,
        paused_at = case when c.open_count = d.settled then null else c.paused_at end,
        failed_at = case when c.open_count = d.settled then null else c.failed_at end,
        updated_at = clock()
    from per_campaign d
    where c.id = d.campaign_id
    returning c.id, c.status, d.settled > 0 and c.open_count = 0 as has_finished
  )
  select array_agg(c.id) filter (where c.has_finished and c.status = 'completed'),
         array_agg(c.id) filter (where c.has_finished and c.status in ('completed', 'cancelled'))
  into completed, finished
  from changed c;

  if finished is not null then
    update lead_batches b
    set active_campaign_id = null,
        campaign_history = b.campaign_history || jsonb_build_object(
          'campaign', c.name, 'taken_at', c.actual_started_at, 'released_at', clock(), 'because', c.status)
    from campaigns c
    where c.id = any (finished) and b.active_campaign_id = c.id;
  end if;

  return query
    select c.id, c.name, c.status, c.id = any (coalesce(completed, '{}'))
    from campaigns c
    where c.id in (select distinct t.id from unnest(campaigns_of) as t (id));
end $$;
