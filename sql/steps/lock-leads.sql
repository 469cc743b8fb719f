-- lock-leads: leads, locked until the transaction ends.
-- $1 their ids. Says how many there are. In the order of the ids, as everywhere; what is to be read behind the locks is
-- read by a later statement. Two at once, or a settlement: one waits for the other. A crash: released.
select count(*)::int4 as locked
from (select l.id from leads l where l.id = any ($1::uuid[]) order by l.id for no key update) l;
