-- load-held-refusals: messages of some senders that were refused and are held until others have told what to believe.
-- $1 the senders. At most a thousand, the newest. Times are seconds since 1970. Forgets those of messages that are neither
-- pending nor sending any more: they were cancelled. Two at once: the second finds them gone. A crash: nothing.
with gone as (
  delete from held_refusals h
  where h.sender_id = any ($1::uuid[])
    and not exists (select from messages m where m.id = h.message_id and m.status in ('pending', 'sending'))
)
select h.message_id, h.sender_id, h.times, h.doubt, h.about, h.fingerprint, m.failure_reason as reason,
       email_key(split_part(l.email, '@', 2)) as domain, extract(epoch from h.since)::float8 as since,
       extract(epoch from h.at)::float8 as at
from held_refusals h
join messages m on m.id = h.message_id and m.status = 'pending'
join leads l on l.id = m.lead_id
where h.sender_id = any ($1::uuid[])
order by h.at desc
limit 1000;
