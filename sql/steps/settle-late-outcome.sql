-- settle-late-outcome: what became known of one attempt after its claim was gone.
-- $1 the message, $2 the claim id, $3 the outcome (accepted, deferred, refused, returned), $4 the transport's name,
-- $5 the reason.
-- Evidence is kept under message and claim, once; only `accepted` may follow upon another one, which was a person's word
-- then. `accepted` wins over every other state, counters put right; a
-- message accepted before counts as sent twice. A definite outcome that leaves no attempt unaccounted for settles an
-- `unknown`: refused or out of retries -> failed, otherwise pending again while its campaign is open (cancelled, in a
-- cancelled one), in front of the steps that were let go behind it; after `returned` the attempt is given back.
-- Two at once, and one sent again: the evidence is written once, the second does nothing. Runs behind
-- lock-for-settlement. A crash: all of it or nothing.
with evidence as (
  update unknown_attempts u
  set late_outcome = $3::text, settled_at = clock(), provider_id = $4::text, reason = $5::text
  where u.message_id = $1::int8 and u.claim_id = $2::uuid and (u.late_outcome is null or u.late_outcome <> 'accepted' and $3::text = 'accepted')
  returning u.message_id, u.claim_id
), verdict as materialized (
  select m.id, m.campaign_id, m.lead_id, m.step_number, m.channel, m.status as was, m.claim_id as claimed_by, e.claim_id,
         m.sender_id, m.charged_on,
         c.retry_after, coalesce(c.paused_at, clock()) - c.paused_total as campaign_now, c.spacing_tolerance,
         case
           when $3::text = 'accepted' then 'sent'
           when m.status <> 'unknown' or exists (
             select from unknown_attempts o
             where o.message_id = m.id and o.claim_id <> e.claim_id and o.late_outcome is null) then m.status
           when $3::text <> 'refused' and c.status = 'cancelled' then 'cancelled'
           when $3::text = 'returned' and c.status in ('running', 'paused', 'failed') then 'pending'
           when $3::text = 'deferred' and m.attempt <= c.retry_times and c.status in ('running', 'paused', 'failed')
             then 'pending'
           else 'failed'
         end as becomes
  from evidence e
  join messages m on m.id = e.message_id
  join campaigns c on c.id = m.campaign_id
), moved as (
  update messages m
  set status = v.becomes,
      sent_at = case when v.becomes = 'sent' then coalesce(m.sent_at, clock()) end,
      times_accepted = m.times_accepted + (v.becomes = 'sent' and $3::text = 'accepted')::int,
      provider_id = case when v.becomes = 'sent' then coalesce(m.provider_id, $4::text) end,
      failed_at = case when v.becomes = 'failed' then coalesce(m.failed_at, clock()) end,
      unknown_since = case when v.becomes = 'unknown' then m.unknown_since end,
      failure_reason = case when v.becomes = 'sent' then null when v.becomes = v.was then m.failure_reason
                            else coalesce($5::text, m.failure_reason) end,
      skip_reason = case when v.becomes = 'skipped' then m.skip_reason end,
      not_before = case when v.becomes = 'pending' and v.was = 'pending' then m.not_before end,
      held_by = case when v.becomes = 'pending' and v.was = 'pending' then m.held_by end,
      attempt = m.attempt - (v.was = 'unknown' and v.becomes = 'pending' and $3::text = 'returned')::int,
      scheduled_for = case when v.becomes = 'pending' and v.was = 'unknown' and $3::text = 'deferred'
                           then v.campaign_now + v.retry_after else m.scheduled_for end,
      -- It may be the deadline of another attempt, or of one of which only a person has spoken: it stays until it passes.
      deadline = case when v.becomes = 'sending' or m.deadline > clock_timestamp() then m.deadline end,
      charged_on = case when v.was = 'unknown' and v.claimed_by = v.claim_id and $3::text in ('returned', 'deferred')
                        then null else m.charged_on end
  from verdict v
  where m.id = v.id
  returning m.id, m.campaign_id, m.lead_id, m.step_number, m.channel, v.was, v.becomes, v.claimed_by, v.claim_id,
            v.campaign_now, v.spacing_tolerance, v.sender_id, v.charged_on
), overtaken as (
  -- The attempt that was in flight meanwhile is now unaccounted for: its own outcome will find this row.
  insert into unknown_attempts (message_id, claim_id, since)
  select m.id, m.claimed_by, clock() from moved m
  where m.was = 'sending' and m.becomes = 'sent' and m.claimed_by <> m.claim_id
  on conflict do nothing
), let_go as (
  update messages n
  set not_before = case when n.deadline > clock_timestamp() then n.deadline + (clock() - now()) end,
      held_by = case when n.deadline > clock_timestamp() then 'deadline' end,
      scheduled_for = greatest(n.scheduled_for, m.campaign_now - m.spacing_tolerance
                                                + make_interval(days => next.day - this.day))
  from moved m
  join campaign_steps this on this.campaign_id = m.campaign_id and this.step_number = m.step_number
  cross join lateral (
    select x.id, s.day
    from messages x
    join campaign_steps s on s.campaign_id = x.campaign_id and s.step_number = x.step_number
    where x.campaign_id = m.campaign_id and x.lead_id = m.lead_id and x.step_number > m.step_number
      and x.status = 'pending' and x.not_before = 'infinity'
    order by x.step_number
    limit 1
  ) next
  where m.becomes = 'sent' and n.id = next.id and n.status = 'pending'
), held_back as (
  -- The step was let go when this one became unknown; now this one goes first again.
  update messages n
  set not_before = 'infinity', held_by = null
  from moved m
  where m.was = 'unknown' and m.becomes = 'pending' and n.campaign_id = m.campaign_id and n.lead_id = m.lead_id
    and n.step_number > m.step_number and n.status = 'pending'
), dropped as (
  update messages n
  set status = f.becomes, not_before = null, held_by = null,
      skip_reason = case when f.becomes = 'skipped' then 'step ' || m.step_number || ' failed' end,
      unknown_since = case when f.becomes = 'unknown' then clock() end,
      failure_reason = case when f.becomes = 'unknown' then coalesce(n.failure_reason, 'an attempt is unaccounted for')
                            else n.failure_reason end
  from moved m
  cross join lateral (
    select x.id, case when is_unaccounted(x.id) then 'unknown' else 'skipped' end as becomes
    from messages x
    where x.campaign_id = m.campaign_id and x.lead_id = m.lead_id and x.step_number > m.step_number
      and x.status = 'pending'
  ) f
  where m.becomes = 'failed' and m.was <> 'failed' and n.id = f.id and n.status = 'pending'
  returning n.id, n.campaign_id, n.step_number, f.becomes
), forgotten as (
  -- What was held against a message is over with what is known of it now; of a dropped one too, because it can come back.
  delete from held_refusals h
  where h.message_id in (select m.id from moved m where m.becomes <> m.was union all select d.id from dropped d)
), contacted as (
  update leads l
  -- Evidence of an older step does not take the lead back to it.
  set status = case when l.status = 'new' and m.step_number = 1 then 'contacted'
                    when (l.status in ('new', 'contacted') or l.status like 'follow\_up\_%')
                      and m.step_number - 1 > coalesce(substring(l.status from 'follow_up_(.*)')::int, 0)
                      then 'follow_up_' || m.step_number - 1
                    else l.status end,
      emails_sent = l.emails_sent + (m.channel = 'email')::int,
      messages_sent = l.messages_sent + (m.channel <> 'email')::int,
      last_contacted_at = clock(),
      updated_at = clock()
  from moved m
  where m.becomes = 'sent' and $3::text = 'accepted' and l.id = m.lead_id
), refunded as (
  update sender_days d
  set charged = greatest(0, d.charged - 1)
  from moved m
  where m.was = 'unknown' and m.claimed_by = m.claim_id and $3::text in ('returned', 'deferred')
    and d.sender_id = m.sender_id and d.day = m.charged_on
), all_moves as (
  select m.campaign_id, m.step_number, m.was, m.becomes from moved m
  union all
  select d.campaign_id, d.step_number, 'pending', d.becomes from dropped d
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
