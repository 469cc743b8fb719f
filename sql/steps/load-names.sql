-- load-names: everything that a document of `apply` can refer to by name.
-- $1 the emails of leads that it names, in lower case. Reads only.
select 'sender' as kind, s.name, s.id, s.channel from senders s
union all
select 'template', t.name, t.id, t.channel from email_templates t
union all
select 'workflow', w.name, w.id, null from workflows w
union all
select 'batch', b.name, b.id, null from lead_batches b
union all
select 'lead', lower(l.email), l.id, null from leads l where lower(l.email) = any ($1::text[]);
