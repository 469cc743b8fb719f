-- recount-sender-days: what a sender has sent since the day before yesterday, when a cap or another time zone is new.
-- $1 the sender. From the ledger, which has no index for it: a scan, for a change that a person makes rarely.
-- The days ahead too: further east they have begun already, and their count was that of another day.
-- A claim that is under way when the rule changes still goes by the old one and is not counted.
-- Two at once: lock-workspace stands before it. A crash: nothing.
insert into sender_days (sender_id, day, charged)
select s.id, d.day::date, coalesce(n.charged, 0)
from senders s
cross join lateral (select (clock() at time zone s.time_zone)::date as today) t
cross join lateral generate_series(t.today - 2, t.today + 2, interval '1 day') d (day)
left join lateral (
  select count(*) as charged
  from messages m
  where m.sender_id = s.id and m.status in ('sending', 'sent', 'failed', 'unknown')
    and (coalesce(m.sent_at, m.failed_at, m.unknown_since, clock()) at time zone s.time_zone)::date = d.day::date
) n on true
where s.id = $1::uuid
on conflict (sender_id, day) do update set charged = excluded.charged;
