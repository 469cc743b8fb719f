-- lock-campaign: a campaign by its name, its row locked for a change of state.
-- $1 the name. Two at once: the second waits and then sees what the first did. A crash: released.
select c.id, c.number as barrier, c.status, c.campaign_type, c.total_leads_targeted
from campaigns c
where c.name = $1::text
for no key update;
