-- list-suppressed-failures: how many failed messages of a campaign go to somebody who must not be contacted, and why.
-- $1 the campaign; $2 one message, $3 what the reason has in it, $4 since when (RFC 3339), or null: failed_messages().
-- Reads only, by the rule of claim-messages: the address or its domain, on the channel of the message. Each message counts
-- once. `source` is `refusal` where the failure itself has put the address on the list.
select s.reason, s.source, count(*)::int4 as messages
from failed_messages($1::uuid, $2::int8, $3::text, $4::text::timestamptz) f
join leads l on l.id = f.lead_id
cross join lateral (
  select o.reason, o.source
  from suppressions o
  where (o.channel = 'all' or o.channel = f.channel)
    and o.value in (case f.channel when 'email' then email_key(l.email) else l.phone end,
                    case f.channel when 'email' then email_key(split_part(l.email, '@', 2)) end)
  order by o.source, o.reason
  limit 1
) s
group by s.reason, s.source
order by 3 desc, 1, 2;
