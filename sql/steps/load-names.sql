-- load-names: everything that a document of `apply` can refer to by name, with the channels that it is for.
-- $1 the emails of leads that it names; each comes back as it was given. Reads only.
select 'sender' as kind, s.name, s.id, s.channel as channels from senders s
union all
select 'template', t.name, t.id, t.channel from email_templates t
union all
select 'workflow', w.name, w.id,
       (select string_agg(distinct t.channel, ',')
        from workflow_steps s join email_templates t on t.id = s.template_id
        where s.workflow_id = w.id)
from workflows w
union all
select 'batch', b.name, b.id, null from lead_batches b
union all
select 'lead', e.email, l.id, null
from unnest($1::text[]) as e (email)
join leads l on l.email is not null and email_key(l.email) = email_key(e.email) collate "C";
