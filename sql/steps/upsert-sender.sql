-- upsert-sender: one sender of a document.
-- $1 name, $2 channel, $3 from, $4 url, $5 username, $6 password_env, $7 connections, $8 lease, $9 timeout (intervals),
-- $10 time zone, $11 and $12 the pace (a number, and 1 second, 1 minute or 1 hour), $13 and $14 the bounds of a random
-- delay (intervals), $15 daily cap, $16 and $17 the warm-up (its start, its factor as a decimal),
-- $18 helo, $19 whether it may log in without encryption, $20 token_env.
-- What changed may have cured its trouble: the next tick finds out. A pace that changed holds nothing back longer than
-- its own step. `counts_anew`: its days have no count, or not of this time zone; recount-sender-days makes one.
-- Two at once: lock-workspace stands before it. A crash: nothing.
with old as materialized (
  select s.time_zone, s.daily_cap is not null or s.warm_up_start is not null as is_counted
  from senders s
  where s.name = $1::text
)
insert into senders as s (name, channel, from_mailbox, url, username, password_env, connections, lease, timeout,
                          time_zone, pace_count, pace_period, delay_min, delay_max, daily_cap, warm_up_start,
                          warm_up_factor, helo, allow_cleartext, token_env)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::int4, $8::interval, $9::interval,
        $10::text, $11::int4, $12::text::interval, $13::interval, $14::interval, $15::int4, $16::int4, $17::text::numeric,
        $18::text, $19::bool, $20::text)
on conflict (name) do update
set from_mailbox = excluded.from_mailbox, url = excluded.url, username = excluded.username,
    password_env = excluded.password_env, connections = excluded.connections, lease = excluded.lease,
    timeout = excluded.timeout, time_zone = excluded.time_zone, pace_count = excluded.pace_count,
    pace_period = excluded.pace_period, delay_min = excluded.delay_min, delay_max = excluded.delay_max,
    daily_cap = excluded.daily_cap, warm_up_start = excluded.warm_up_start, warm_up_factor = excluded.warm_up_factor,
    helo = excluded.helo, allow_cleartext = excluded.allow_cleartext, token_env = excluded.token_env,
    pace_next_at = case
      when (excluded.pace_count, excluded.pace_period, excluded.delay_min, excluded.delay_max)
           is not distinct from (s.pace_count, s.pace_period, s.delay_min, s.delay_max) then s.pace_next_at
      when excluded.pace_count is not null
        then least(s.pace_next_at, clock() + pace_step(excluded.pace_count, excluded.pace_period))
      when excluded.delay_max is not null then least(s.pace_next_at, clock() + excluded.delay_max) end,
    trouble = null, trouble_since = null, rest_until = null, rests = 0, evidence = null, updated_at = clock()
returning s.id, coalesce((
  select (s.daily_cap is not null or s.warm_up_start is not null)
         and not (o.is_counted and o.time_zone is not distinct from s.time_zone)
  from old o), false) as counts_anew;
