-- load-pause: in one snapshot, whether a pause is still this pause, what is still out, and what became of what was.
-- $1 the campaign, $2 the messages that were out. Reads only.
-- `out` counts rows whose deadline is ahead, in whatever state; `overdue` rows that are `sending` past it: recovery's.
select c.status, c.pause_number, o.out, o.overdue, o.seconds_left,
       f.sent, f.failed, f.deferred, f.unknown, f.cancelled
from campaigns c
cross join lateral (
  select count(*) filter (where m.deadline > clock_timestamp())::int4 as out,
         count(*) filter (where m.status = 'sending' and m.deadline <= clock_timestamp())::int4 as overdue,
         coalesce(extract(epoch from max(m.deadline) - clock_timestamp()), 0)::float8 as seconds_left
  from in_flight() m
  where m.campaign_id = c.id
) o
cross join lateral (
  select count(*) filter (where m.status = 'sent')::int4 as sent,
         count(*) filter (where m.status in ('failed', 'skipped'))::int4 as failed,
         count(*) filter (where m.status = 'pending')::int4 as deferred,
         count(*) filter (where m.status = 'unknown')::int4 as unknown,
         count(*) filter (where m.status = 'cancelled')::int4 as cancelled
  from messages m
  where m.id = any ($2::int8[])
) f
where c.id = $1::uuid;
