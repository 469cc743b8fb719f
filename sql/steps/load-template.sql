-- load-template: what a step says.
-- $1 the template. Reads only.
select t.name, t.channel, t.subject, t.text, t.html
from email_templates t
where t.id = $1::uuid;
