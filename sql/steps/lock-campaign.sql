-- lock-campaign: a campaign by its name, its row locked for a change of state.
-- $1 the name. Two at once: the second waits and then sees what the first did. A crash: released.
select c.id, c.number as barrier, c.status, c.campaign_type, c.total_leads_targeted,
       c.actual_started_at is not null as has_started, coalesce(c.scheduled_start_at > clock(), false) as starts_later,
       to_char(c.scheduled_start_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as start_at
from campaigns c
where c.name = $1::text
for no key update;
