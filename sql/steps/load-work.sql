-- load-work: which campaigns have messages due, by which sender, and how to send by it.
-- No parameters. Reads only; what it says may be out of date a moment later, and only a claim decides.
-- `due` counts up to the sender's connections, by the index messages_due: never the whole backlog. `rule` is why the sender
-- has no room now: pace, provider (it rests, until `rests_until`) or time_zone. `wait` is the seconds until there is room
-- again, or until the first message that waits for its domain gets its slot. `now` is the clock, in seconds since 1970.
-- Of several campaigns of a sender the one that was served least recently comes first.
select c.id as campaign_id, c.number as barrier, c.name as campaign,
       s.id as sender_id, s.name as sender, s.channel, s.from_mailbox, s.url, s.username, s.password_env,
       s.token_env, s.helo, s.allow_cleartext, s.connections,
       extract(epoch from s.lease)::float8 as lease, extract(epoch from s.timeout)::float8 as timeout,
       d.due, s.trouble, r.rule, to_char(s.rest_until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as rests_until, s.time_zone,
       s.evidence::text as evidence, s.pace_count is not null or s.delay_min is not null as is_paced,
       greatest(0, extract(epoch from case when d.due > 0 then coalesce(r.opens_at, clock()) else h.not_before end
                                      - clock()))::float8 as wait,
       extract(epoch from clock())::float8 as now
from campaigns c
join senders s on s.id = any (c.sender_ids)
left join campaign_turns t on t.campaign_id = c.id and t.sender_id = s.id
cross join lateral (
  select count(*)::int4 as due
  from (values (true), (false)) k (is_follow_up)
  cross join lateral (
    select 1
    from messages m
    where m.campaign_id = c.id and m.sender_id = s.id and m.status = 'pending' and m.not_before is null
      and (m.step_number > 1) = k.is_follow_up and m.scheduled_for <= coalesce(c.paused_at, clock()) - c.paused_total
    -- In the order of the index, or the planner takes the table for short: with enough due, it thinks, the first pages will do.
    order by m.scheduled_for, m.id
    limit s.connections
  ) few
) d
left join lateral (
  select f.not_before
  from (
    select m.not_before, m.held_by, m.sender_id
    from messages m
    where m.campaign_id = c.id and m.status = 'pending' and m.not_before < 'infinity'
    order by m.not_before
    limit 1
  ) f
  where f.held_by = 'domain' and f.sender_id = s.id
) h on true
cross join lateral sender_room(s) r
where c.status = 'running' and (d.due > 0 or h.not_before is not null)
  and (r.slots > 0 or r.rule in ('pace', 'provider', 'time_zone')) and campaign_opens(c) <= clock()
order by t.served_at nulls first, c.actual_started_at, c.number, s.name;
