-- load-names: what a document of `apply` refers to by name, with the channels that it is for.
-- $1 all names in it, of whatever kind, $2 the emails of leads that it names; each comes back as it was given.
-- Reads only, what is named and nothing else, behind go-by-keys.
with named as materialized (
  select distinct n.name from unnest($1::text[]) as n (name)
)
select 'sender' as kind, s.name, s.id, s.channel as channels from named n join senders s on s.name = n.name
union all
select 'template', t.name, t.id, t.channel from named n join email_templates t on t.name = n.name
union all
select 'workflow', w.name, w.id,
       (select string_agg(distinct t.channel, ',')
        from workflow_steps s join email_templates t on t.id = s.template_id
        where s.workflow_id = w.id)
from named n join workflows w on w.name = n.name
union all
select 'batch', b.name, b.id, null from named n join lead_batches b on b.name = n.name
union all
select 'lead', e.email, l.id, null
from unnest($2::text[]) as e (email)
cross join lateral (
  select l.id from leads l where l.email is not null and email_key(l.email) = email_key(e.email) collate "C" offset 0
) l;
