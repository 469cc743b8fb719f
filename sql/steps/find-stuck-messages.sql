-- find-stuck-messages: messages that are `sending` past their deadline: whoever claimed them has stopped.
-- $1 the most rows. Reads only; the caller settles them under their claim ids, which is what guards against another
-- recovery and against a settlement that comes late.
select m.id, m.claim_id, m.campaign_id, c.name as campaign
from in_flight() m
join campaigns c on c.id = m.campaign_id
where m.status = 'sending' and m.deadline < clock_timestamp()
order by m.deadline
limit $1::int4;
