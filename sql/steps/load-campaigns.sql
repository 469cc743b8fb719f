-- load-campaigns: where campaigns stand, from their counters and two short index scans each.
-- $1 a campaign's name, or null for all. Reads only.
-- `is_sending`: a tick has something of it out; what is `sending` past its deadline was left by one that died.
-- `next_due` is in wall time: when the next message may be claimed if the campaign runs on and no rule holds it back.
select c.id, c.name, c.campaign_type, c.status, c.failure_reason, c.total_leads_targeted,
       to_char(c.actual_started_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started_at,
       to_char(c.paused_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as paused_at,
       to_char(c.completed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as completed_at,
       to_char(case when c.status in ('running', 'paused', 'failed')
                    then least(d.scheduled_for + c.paused_total + coalesce(clock() - c.paused_at, interval '0'), h.not_before)
                    when c.status = 'scheduled' then c.scheduled_start_at
               end, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as next_due,
       coalesce(d.scheduled_for <= coalesce(c.paused_at, clock()) - c.paused_total or h.not_before <= clock(), false) as is_due,
       exists (
         select from in_flight() m
         where m.campaign_id = c.id and m.status = 'sending' and m.deadline > clock_timestamp()) as is_sending
from campaigns c
cross join lateral (
  select min(f.scheduled_for) as scheduled_for
  from unnest(c.sender_ids) as s (id)
  cross join (values (true), (false)) k (is_follow_up)
  cross join lateral (
    select m.scheduled_for
    from messages m
    where m.campaign_id = c.id and m.sender_id = s.id and m.status = 'pending' and m.not_before is null
      and (m.step_number > 1) = k.is_follow_up
    order by m.scheduled_for, m.id
    limit 1
  ) f
) d
cross join lateral (
  select min(m.not_before) as not_before
  from messages m
  where m.campaign_id = c.id and m.status = 'pending' and m.not_before < 'infinity'
) h
where $1::text is null or c.name = $1::text
order by c.created_at, c.number;
