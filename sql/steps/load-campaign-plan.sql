-- load-campaign-plan: what `apply` may not change once a campaign has started.
-- $1 the campaign's name. Locks the row, so that a start waits for the document and the other way round.
select c.id, c.status, c.campaign_type, c.workflow_id, c.template_id, c.sender_ids::text[]::text as sender_ids,
       c.batch_ids::text[]::text as batch_ids, c.lead_ids::text[]::text as lead_ids
from campaigns c
where c.name = $1::text
for no key update;
