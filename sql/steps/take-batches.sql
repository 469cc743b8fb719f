-- take-batches: locks a campaign's batches for it.
-- $1 the campaign. Takes those that are free, and returns each with who has it now.
-- Two campaigns at once: the second waits for the first's rows, in the order of their ids, and then sees who has them.
-- A crash: nothing taken.
with wanted as materialized (
  select b.id, b.name, b.active_campaign_id
  from lead_batches b
  where b.id = any ((select c.batch_ids from campaigns c where c.id = $1::uuid)::uuid[])
  order by b.id
  for no key update
), taken as (
  update lead_batches b
  set active_campaign_id = $1::uuid
  from wanted w
  where b.id = w.id and w.active_campaign_id is null
)
select w.name as batch, c.name as held_by
from wanted w
left join campaigns c on c.id = w.active_campaign_id and c.id <> $1::uuid
order by w.name;
