-- load-work: which campaigns have messages due, by which sender, and how to send by it.
-- No parameters. Reads only; what it says may be out of date a moment later, and only a claim decides.
-- `due` counts up to the sender's connections, by the index messages_due: never the whole backlog. `wait` is the
-- seconds until the sender's pace has a slot, or until the first message that waits for its domain gets its own.
select c.id as campaign_id, c.number as barrier, c.name as campaign,
       s.id as sender_id, s.name as sender, s.channel, s.from_mailbox, s.url, s.username, s.password_env, s.connections,
       extract(epoch from s.lease)::float8 as lease, extract(epoch from s.timeout)::float8 as timeout,
       d.due, s.trouble is not null as has_trouble,
       s.pace_count is not null or s.delay_min is not null as is_paced,
       greatest(0, extract(epoch from case when d.due > 0 then coalesce(r.opens_at, clock()) else h.not_before end
                                      - clock()))::float8 as wait
from campaigns c
join senders s on s.id = any (c.sender_ids)
cross join lateral (
  select count(*)::int4 as due
  from (
    select 1
    from messages m
    where m.campaign_id = c.id and m.sender_id = s.id and m.status = 'pending' and m.not_before is null
      and m.scheduled_for <= coalesce(c.paused_at, clock()) - c.paused_total
    limit s.connections
  ) few
) d
left join lateral (
  select f.not_before
  from (
    select m.not_before, m.held_by
    from messages m
    where m.campaign_id = c.id and m.status = 'pending' and m.not_before < 'infinity'
    order by m.not_before
    limit 1
  ) f
  where f.held_by = 'domain'
) h on true
cross join lateral sender_room(s) r
where c.status = 'running' and (d.due > 0 or h.not_before is not null)
  and (r.slots > 0 or r.rule = 'pace') and campaign_opens(c) <= clock()
order by c.actual_started_at, c.number, s.name;
