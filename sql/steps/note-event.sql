-- note-event: a line in a campaign's timeline that is no change of its state.
-- $1 the campaign, $2 what happened, a JSON object. Who and why come from explain-change.
insert into campaign_events (campaign_id, at, was, becomes, actor, reason, detail)
select c.id, clock(), c.status, c.status,
       coalesce(nullif(current_setting('campanile.actor', true), ''), current_setting('application_name')),
       nullif(current_setting('campanile.reason', true), ''), $2::jsonb
from campaigns c
where c.id = $1::uuid;
