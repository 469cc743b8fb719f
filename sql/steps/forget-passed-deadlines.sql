-- forget-passed-deadlines: a deadline that has passed protects nothing any more, except on a message that is `sending`.
-- $1 the most rows. Keeps the index messages_in_flight as small as what is in flight.
-- Two at once: each takes other rows. A crash: nothing moved, the next tick does it.
with passed as (
  select m.id
  from messages m
  where m.status <> 'sending' and m.deadline is not null and m.deadline < clock_timestamp()
  limit $1::int4
  for update skip locked
)
update messages m
set deadline = null
from passed p
where m.id = p.id and m.status <> 'sending';
