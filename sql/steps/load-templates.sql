-- load-templates: what the steps of the running campaigns say.
-- No parameters. Reads only.
select t.id, t.name, t.channel, t.subject, t.text, t.html
from email_templates t
where t.id in (
  select s.template_id from campaign_steps s join campaigns c on c.id = s.campaign_id where c.status = 'running');
