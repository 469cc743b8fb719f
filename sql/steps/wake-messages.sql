-- wake-messages: lets messages go whose `not_before`, an instant of real time, has come.
-- $1 the most rows. Transition: none of state; pending stays pending and becomes claimable. Of running campaigns only:
-- nothing else is claimed.
-- Two at once: each takes other rows (skip locked). A crash: nothing moved, the next tick does it.
with ripe as (
  select m.id
  from messages m
  where m.campaign_id in (select c.id from campaigns c where c.status = 'running')
    and m.status = 'pending' and m.not_before < 'infinity' and m.not_before <= clock()
  order by m.not_before
  limit $1::int4
  for update skip locked
)
update messages m
set not_before = null, held_by = null
from ripe r
where m.id = r.id and m.status = 'pending';
