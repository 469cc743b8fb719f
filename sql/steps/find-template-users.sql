-- find-template-users: open campaigns that use one of some templates, and which.
-- $1 the templates. Reads only. A campaign that was started has the steps that it had then; one that waits for its start
-- time has its workflow's.
select distinct c.number, c.id, c.name, c.status, t.name as template
from campaigns c
cross join lateral (
  select s.template_id from campaign_steps s where s.campaign_id = c.id
  union all
  select w.template_id from workflow_steps w where w.workflow_id = c.workflow_id and c.actual_started_at is null
  union all
  select c.template_id where c.actual_started_at is null
) u
join email_templates t on t.id = u.template_id
where c.status in ('scheduled', 'running', 'paused', 'failed') and u.template_id = any ($1::uuid[])
order by c.number, t.name;
