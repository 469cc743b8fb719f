-- list-in-flight: messages of a campaign whose deadline is ahead: they are, or may be, with a transport.
-- $1 the campaign. Reads only, by the index messages_in_flight: as many rows as are out, whatever the campaign's size.
select m.id
from messages m
where m.campaign_id = $1::uuid and m.deadline > clock_timestamp()
order by m.id;
