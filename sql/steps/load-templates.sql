-- load-templates: what the steps of some campaigns say.
-- $1 the campaigns. Reads only.
select t.id, t.name, t.channel, t.subject, t.text, t.html
from email_templates t
where t.id in (select s.template_id from campaign_steps s where s.campaign_id = any ($1::uuid[]));
