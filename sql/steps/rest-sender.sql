-- rest-sender: nothing leaves by a sender for a while; then it probes with one message.
-- $1 the sender, $2 why, in the server's words, $3 the seconds of the first rest, $4 the most seconds of one, $5 whether the
-- first one is none at all, $6 whether the rest before was for something else: an hour without space and then a name that is
-- refused are not one long trouble. Each rest that has not helped is followed by one that is twice as long.
-- `seconds` until it is over, and `until`.
-- Two at once: one behind the other, and what is said while it rests already is the same rest: many messages are refused
-- together. A crash: nothing; the next refusal says it again.
update senders s
set trouble = $2::text, trouble_since = coalesce(s.trouble_since, clock()),
    rest_until = greatest(s.rest_until, clock() + p.pause), rests = p.nth + 1
from (
  select o.id, n.nth,
         least($4::float8, case when $5::bool and n.nth = 0 then 0 when $5::bool then $3::float8 * 2 ^ least(n.nth - 1, 20)
                                else $3::float8 * 2 ^ least(n.nth, 20) end) * interval '1 second' as pause
  from senders o
  cross join lateral (
    select case when o.rest_until > clock() then greatest(o.rests - 1, 0)
                when $6::bool then least(o.rests, 2) else o.rests end as nth
  ) n
  where o.id = $1::uuid
  for no key update of o
) p
where s.id = p.id
returning extract(epoch from s.rest_until - clock())::float8 as seconds,
          to_char(s.rest_until, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until;
