-- write-plan: a campaign's steps as they are now; later changes of the workflow do not reach it.
-- $1 the campaign. In the transaction that starts it.
insert into campaign_steps (campaign_id, step_number, template_id, channel, days_after_previous, day)
select c.id, s.step_number, s.template_id, t.channel, s.days_after_previous,
       sum(s.days_after_previous) over (order by s.step_number)
from campaigns c
cross join lateral (
  select w.step_number, w.template_id, w.days_after_previous
  from workflow_steps w where w.workflow_id = c.workflow_id
  union all
  select 1, c.template_id, 0 where c.template_id is not null
) s
join email_templates t on t.id = s.template_id
where c.id = $1::uuid;
