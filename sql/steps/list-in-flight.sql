-- list-in-flight: messages of a campaign that are, or may be, with a transport: `sending`, or with their deadline ahead.
-- $1 the campaign. What is `sending` past its deadline counts too: nobody has said yet what became of it, and whoever
-- waits for what is out recovers it on the way. Reads only, by in_flight(): as many rows as are out,
-- whatever the campaign's size.
select m.id
from in_flight() m
where m.campaign_id = $1::uuid and (m.status = 'sending' or m.deadline > clock_timestamp())
order by m.id;
