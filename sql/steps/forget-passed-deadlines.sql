-- forget-passed-deadlines: a deadline that has passed protects nothing any more, except on a message that is `sending`.
-- $1 the most rows. Keeps the index messages_in_flight as small as what is in flight.
-- Two at once: each takes other rows. A crash: nothing moved, the next tick does it.
with passed as (
  select m.id
  from messages m
  where m.id = any (array(
      select f.id from in_flight() f where f.status <> 'sending' and f.deadline < clock_timestamp() limit $1::int4))
    and m.status <> 'sending' and m.deadline < clock_timestamp()
  for update skip locked
)
update messages m
set deadline = null
where m.id = any (array(select p.id from passed p)) and m.status <> 'sending';
