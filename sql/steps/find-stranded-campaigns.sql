-- find-stranded-campaigns: campaigns that should have moved and did not; each is a bug of ours.
-- No parameters. Reads only. `not completed`: nothing is open, and it is not complete. `not released`: it is over, and
-- its batches are still taken. A campaign that also generates leads may have nothing open and not be complete.
select c.id, c.name,
       case when c.status in ('running', 'paused', 'failed') then 'not completed' else 'not released' end as problem
from campaigns c
where c.open_count = 0
  and (c.status in ('running', 'paused', 'failed') and c.actual_started_at is not null and c.campaign_type = 'outreach'
    or c.status in ('completed', 'cancelled') and exists (select from lead_batches b where b.active_campaign_id = c.id))
order by c.number;
