-- find-campaign: a campaign by its name, without a lock: its barrier has to be known before its row may be locked.
-- $1 the name. Reads only.
select c.id, c.number as barrier, c.status
from campaigns c
where c.name = $1::text;
