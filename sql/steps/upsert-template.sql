-- upsert-template: one template of a document. A campaign that is running says the new text
-- when a tick looks for work again.
-- $1 name, $2 channel, $3 subject, $4 text, $5 html, $6 the variables that must have a value for some lead.
-- `asks_more`: it has a variable now that it did not have; an open campaign that uses it must have a value for that.
with old as materialized (
  select t.variables from email_templates t where t.name = $1::text
)
insert into email_templates as t (name, channel, subject, text, html, variables)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text[])
on conflict (name) do update
set subject = excluded.subject, text = excluded.text, html = excluded.html, variables = excluded.variables,
    updated_at = clock()
returning t.id, coalesce((select not t.variables <@ o.variables from old o), false) as asks_more;
