-- load-campaign-plans: what `apply` may not change once a campaign has started, of the campaigns that it names.
-- $1 their names. Locks the rows, in the order of all locks, so that a start waits for the document and the other way
-- round. Two at once: lock-workspace stands before it. A crash: released with the transaction.
select c.id, c.name, c.status, c.campaign_type, c.workflow_id, c.template_id,
       array_to_string(c.sender_ids, ',') as sender_ids, array_to_string(c.batch_ids, ',') as batch_ids,
       array_to_string(c.lead_ids, ',') as lead_ids
from campaigns c
where c.name = any ($1::text[])
order by c.number
for no key update;
