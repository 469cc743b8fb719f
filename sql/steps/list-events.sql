-- list-events: the timeline of a campaign: every change of its state, who made it and why.
-- $1 the campaign. Reads only.
select to_char(e.at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, e.was, e.becomes, e.actor, e.reason, e.detail::text as detail
from campaign_events e
where e.campaign_id = $1::uuid
order by e.id;
