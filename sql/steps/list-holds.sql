-- list-holds: which rule holds a campaign back, for which sender, and until when.
-- $1 the campaigns. Reads only: the rules are those that a claim goes by. A rule of single messages (their lead's window,
-- the gap to other campaigns, their domain) is told of the first one that waits, and only where no other message is due.
select c.id as campaign_id, h.rule, h.sender, to_char(h.until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until, h.reason
from campaigns c
cross join lateral (
  select exists (
    select
    from unnest(c.sender_ids) s (id)
    cross join lateral (
      select m.scheduled_for
      from messages m
      where m.campaign_id = c.id and m.sender_id = s.id and m.status = 'pending' and m.not_before is null
      order by m.scheduled_for, m.id
      limit 1
    ) m
    where m.scheduled_for <= coalesce(c.paused_at, clock()) - c.paused_total) as is_due
) d
cross join lateral (
  select 'start_at' as rule, null as sender, c.scheduled_start_at as until, c.start_trouble as reason
  where c.status = 'scheduled'
  union all
  select 'sender', s.name, null, s.trouble
  from senders s
  where c.status = 'running' and s.id = any (c.sender_ids) and s.trouble is not null
  union all
  select 'window', null, campaign_opens(c), null
  where c.status = 'running' and campaign_opens(c) > clock()
  union all
  select r.rule, s.name, r.opens_at, null
  from senders s
  cross join lateral sender_room(s) r
  where c.status = 'running' and d.is_due and s.id = any (c.sender_ids) and r.slots = 0
  union all
  select f.held_by, s.name, f.not_before, null
  from (
    select m.held_by, m.not_before, m.sender_id
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
