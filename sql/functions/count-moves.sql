-- count_moves(): the one place where counters move, a campaign completes, and a campaign fails by its health.
-- $1 campaigns, $2 steps, $3 what each moved message was, $4 what it becomes; arrays of one length, an element for each.
-- Called by every statement that moves messages, in the same statement. Returns a row for each campaign.
-- Transitions: running, paused, failed -> completed, with its last open message; running -> failed.
-- Two at once: the caller has locked the campaigns' rows. A crash: all of the caller's statement or nothing.

-- What most of a campaign's failures were, without what differs from one to the next: addresses and numbers. A thousand
-- of them are enough to tell.
create or replace function commonest_failure(campaign uuid) returns text
  language sql stable
  as $$
    select f.reason
    from (
      select left(regexp_replace(regexp_replace(m.failure_reason, '\S+@\S+', '…', 'g'), '\d{6,}', '…', 'g'), 200) as reason
      from messages m
      where m.campaign_id = campaign and m.status = 'failed'
      limit 1000
    ) f
    group by f.reason
    order by count(*) desc, f.reason
    limit 1
  $$;

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

  if 'failed' = any (becomes) then
    -- Health: more than half of what was tried has failed, once enough was tried to judge by. A pause that waits for a
    -- campaign that fails meanwhile must not take it for its own, hence the number.
    update campaigns c
    set status = 'failed', failed_at = clock(), pause_number = c.pause_number + 1, updated_at = clock(),
        failure_reason = format('%s of %s messages failed (%s%%), most often: %s', h.failed, h.settled,
                                round(100.0 * h.failed / h.settled), commonest_failure(c.id))
    from (
      select c.id, sum(s.sent + s.failed + s.unknown) - c.health_settled as settled,
             sum(s.failed) - c.health_failed as failed, sum(s.total) as total
      from campaigns c
      join campaign_steps s on s.campaign_id = c.id
      where c.id = any (campaigns_of) and c.status = 'running'
      group by c.id
    ) h
    where c.id = h.id and 2 * h.failed > h.settled and h.settled >= 10 and (h.settled >= 100 or 10 * h.settled >= h.total);
  end if;

  return query
    select c.id, c.name, c.status, c.id = any (coalesce(completed, '{}'))
    from campaigns c
    where c.id in (select distinct t.id from unnest(campaigns_of) as t (id));
end $$;
