-- list-holds: which rule holds a campaign back, for which sender, and until when.
-- $1 the campaigns. Reads only: the rules are those that a claim goes by. A rule of single messages (their lead's window,
-- the gap to other campaigns, their domain, a refusal that others have to confirm) is told of the first one that waits, and only where no other message is due.
select c.id as campaign_id, h.rule, h.sender, to_char(h.until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until, h.reason
from campaigns c
cross join lateral (
  select exists (
    select
    from unnest(c.sender_ids) s (id)
    cross join (values (true), (false)) k (is_follow_up)
    cross join lateral (
      select m.scheduled_for
      from messages m
      where m.campaign_id = c.id and m.sender_id = s.id and m.status = 'pending' and m.not_before is null
        and (m.step_number > 1) = k.is_follow_up
      order by m.scheduled_for, m.id
      limit 1
    ) m
    where m.scheduled_for <= coalesce(c.paused_at, clock()) - c.paused_total) as is_due
) d
cross join lateral (
  select 'start_at' as rule, null as sender, c.scheduled_start_at as until, c.start_trouble as reason
  where c.status = 'scheduled'
  union all
  select case when s.rest_until is null then 'sender' else 'provider' end, s.name,
         case when s.rest_until > clock() then s.rest_until end, s.trouble
  from senders s
  where c.status = 'running' and s.id = any (c.sender_ids) and s.trouble is not null
  union all
  select 'window', null, o.opens_at,
         case when o.opens_at is null then format('the time zone "%s" is not known to the database', c.window_zone) end
  from (select campaign_opens(c) as opens_at) o
  where c.status = 'running' and (o.opens_at > clock()) is not false
  union all
  select r.rule, s.name, r.opens_at,
         case when r.rule = 'time_zone' then format('the time zone "%s" is not known to the database', s.time_zone) end
  from senders s
  cross join lateral sender_room(s) r
  where c.status = 'running' and d.is_due and s.id = any (c.sender_ids) and r.slots = 0 and r.rule <> 'provider'
  union all
  select f.held_by, s.name, f.not_before,
         case when f.held_by = 'provider' then regexp_replace(f.failure_reason, '[^ <>@]+@[^ <>@]+', '…', 'g') end
  from (
    select m.held_by, m.not_before, m.sender_id, m.failure_reason
    from messages m
    where m.campaign_id = c.id and m.status = 'pending' and m.not_before < 'infinity'
    order by m.not_before
    limit 1
  ) f
  join senders s on s.id = f.sender_id
  where c.status = 'running' and not d.is_due and f.held_by is not null
) h
where c.id = any ($1::uuid[])
order by c.created_at, c.number, h.until nulls first, h.rule, h.sender;
