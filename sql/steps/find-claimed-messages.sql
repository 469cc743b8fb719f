-- find-claimed-messages: what is still `sending` under claims whose commit was not answered.
-- $1 the claim ids. Reads only; nothing of these was handed over, so the caller settles them as `returned`.
select m.id, m.claim_id
from in_flight() m
where m.claim_id = any ($1::uuid[]) and m.status = 'sending'
order by m.id;
