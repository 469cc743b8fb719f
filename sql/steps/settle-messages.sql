-- settle-messages: records what happened to claimed messages, and everything that follows from it.
-- $1 messages, $2 their claim ids (null: never claimed, to be skipped), $3 outcomes (accepted, deferred, refused,
-- unknown, returned, skipped), $4 the transport's names of the messages, $5 reasons; arrays of one length.
-- Transitions: sending -> sent | failed | pending | unknown (cancelled, in a cancelled campaign, instead of pending);
-- pending -> skipped. The step behind a settled one is let go, or skipped when this one failed; the lead, the
-- counters, the campaign and its batches move along.
-- `accepted` sent. `refused` failed, or unknown while an earlier attempt is unaccounted for. `deferred` pending again
-- after the campaign's delay, or failed when its retries are used up. `returned`, nothing was handed over: pending, the
-- attempt given back. `unknown` stays unknown, or, where the campaign says resend and retries are left, becomes pending
-- behind the old deadline. Only a definite outcome clears the deadline.
-- Two at once, and one sent again: a message is moved only while it is `sending` under its claim id, so the second
-- moves nothing and returns nothing; what it knows goes to settle-late-outcome. A crash: all of it or nothing.
with reported as (
  select r.message_id, r.claim_id, r.outcome, r.provider_id, r.reason
  from unnest($1::int8[], $2::uuid[], $3::text[], $4::text[], $5::text[])
    as r (message_id, claim_id, outcome, provider_id, reason)
), verdict as materialized (
  select m.id, m.campaign_id, m.lead_id, m.step_number, m.channel, m.status as was, m.deadline,
         r.claim_id, r.outcome, r.provider_id, r.reason,
         coalesce(c.paused_at, clock()) - c.paused_total as campaign_now, c.retry_after, c.spacing_tolerance,
         case r.outcome
           when 'accepted' then 'sent'
           when 'skipped' then 'skipped'
           when 'returned' then again.status
           when 'deferred' then case when m.attempt <= c.retry_times then again.status else refused.status end
           when 'refused' then refused.status
           when 'unknown' then case when c.on_unknown = 'resend' and m.attempt <= c.retry_times
                                      and c.status <> 'cancelled' then 'pending' else 'unknown' end
         end as becomes
  from reported r
  join messages m on m.id = r.message_id
    and case when r.outcome = 'skipped' then m.status = 'pending'
             else m.status = 'sending' and m.claim_id = r.claim_id end
  join campaigns c on c.id = m.campaign_id
  cross join lateral (select case when c.status = 'cancelled' then 'cancelled' else 'pending' end as status) again
  cross join lateral (
    select case when exists (select from unknown_attempts u where u.message_id = m.id and u.late_outcome is null)
                then 'unknown' else 'failed' end as status
  ) refused
), moved as (
  update messages m
  set status = v.becomes,
      sent_at = case when v.becomes = 'sent' then clock() end,
      times_accepted = case when v.becomes = 'sent' then 1 else 0 end,
      failed_at = case when v.becomes = 'failed' then clock() end,
      unknown_since = case when v.becomes = 'unknown' then clock() end,
      skip_reason = case when v.becomes = 'skipped' then v.reason end,
      failure_reason = case when v.outcome in ('deferred', 'refused', 'unknown') then v.reason
                            when v.outcome = 'returned' then m.failure_reason end,
      provider_id = v.provider_id,
      attempt = m.attempt - (v.outcome = 'returned')::int,
      scheduled_for = case when v.outcome = 'deferred' and v.becomes = 'pending'
                           then v.campaign_now + v.retry_after else m.scheduled_for end,
      -- A resend waits for the old deadline; deadlines are true time, not_before is the product's clock.
      not_before = case when v.outcome = 'unknown' and v.becomes = 'pending' then m.deadline + (clock() - now()) end,
      deadline = case when v.outcome = 'unknown' and m.deadline > clock_timestamp() then m.deadline end
  from verdict v
  where m.id = v.id and m.status = v.was and m.claim_id is not distinct from coalesce(v.claim_id, m.claim_id)
  returning m.id, m.campaign_id, m.lead_id, m.step_number, m.channel, v.was, v.becomes, v.outcome, v.claim_id,
            v.campaign_now, v.spacing_tolerance
), unaccounted as (
  insert into unknown_attempts (message_id, claim_id, since)
  select m.id, m.claim_id, clock() from moved m where m.outcome = 'unknown'
  on conflict do nothing
), let_go as (
  -- Never sooner than the step's delay after the step before it really went out, less the tolerance.
  update messages n
  set not_before = null,
      scheduled_for = case when m.becomes = 'skipped' then n.scheduled_for
                           else greatest(n.scheduled_for, m.campaign_now - m.spacing_tolerance
                                                          + make_interval(days => next.day - this.day)) end
  from moved m
  join campaign_steps this on this.campaign_id = m.campaign_id and this.step_number = m.step_number
  cross join lateral (
    select x.id, s.day
    from messages x
    join campaign_steps s on s.campaign_id = x.campaign_id and s.step_number = x.step_number
    where x.campaign_id = m.campaign_id and x.lead_id = m.lead_id and x.step_number > m.step_number
      and x.status = 'pending'
    order by x.step_number
    limit 1
  ) next
  where m.becomes in ('sent', 'unknown', 'skipped') and n.id = next.id and n.status = 'pending'
), dropped as (
  update messages n
  set status = 'skipped', skip_reason = 'step ' || m.step_number || ' failed', not_before = null
  from moved m
  where m.becomes = 'failed' and n.campaign_id = m.campaign_id and n.lead_id = m.lead_id
    and n.step_number > m.step_number and n.status = 'pending'
  returning n.campaign_id, n.step_number
), contacted as (
  update leads l
  set status = case when l.status = 'new' or l.status = 'contacted' or l.status like 'follow\_up\_%'
                    then s.status else l.status end,
      emails_sent = l.emails_sent + s.emails,
      messages_sent = l.messages_sent + s.others,
      last_contacted_at = clock(),
      updated_at = clock()
  from (
    select m.lead_id, count(*) filter (where m.channel = 'email') as emails,
           count(*) filter (where m.channel <> 'email') as others,
           case max(m.step_number) when 1 then 'contacted' else 'follow_up_' || max(m.step_number) - 1 end as status
    from moved m
    where m.becomes = 'sent'
    group by m.lead_id
  ) s
  where l.id = s.lead_id
), all_moves as (
  select m.campaign_id, m.step_number, m.was, m.becomes from moved m
  union all
  select d.campaign_id, d.step_number, 'pending', 'skipped' from dropped d
), counted as materialized (
  select c.*
  from (
    select array_agg(a.campaign_id) as campaigns, array_agg(a.step_number) as steps, array_agg(a.was) as was,
           array_agg(a.becomes) as becomes
    from all_moves a
  ) a
  cross join lateral count_moves(a.campaigns, a.steps, a.was, a.becomes) c
)
select m.id, m.becomes, c.campaign_id, c.name as campaign, c.status as campaign_status, c.has_completed
from moved m
join counted c on c.campaign_id = m.campaign_id;
