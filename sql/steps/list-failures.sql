-- list-failures: why messages of a campaign failed, and how many for each reason, the commonest first.
-- $1 the campaign; $2 one message, $3 what the reason has in it, $4 since when (RFC 3339), or null: failed_messages().
-- Reads only. A reason is told without what differs from one message to the next, as commonest_failure() does it.
select r.reason, count(*)::int4 as messages
from failed_messages($1::uuid, $2::int8, $3::text, $4::text::timestamptz) f
cross join lateral (
  select left(regexp_replace(regexp_replace(f.failure_reason, '\S+@\S+', '…', 'g'), '\d{6,}', '…', 'g'), 200) as reason
) r
group by r.reason
order by 2 desc, 1;
