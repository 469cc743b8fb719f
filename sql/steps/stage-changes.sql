-- stage-changes: what the file says of leads that were there, or of which several of its rows speak, put aside in
-- portions (`import_changes`).
-- No parameters; behind create-leads. Newer values win, column by column and attribute by attribute: a later line's over
-- an earlier one's; an absent value says nothing. A lead about which the file says nothing new is left out.
-- A portion is some two thousand leads, or a megabyte: what update-leads does in a moment.
-- Says how many leads were there before the import.
-- Reads leads that others may change meanwhile, and locks none: update-leads judges again, behind its locks.
-- Two at once: each its own tables. A crash: nothing stays.
with said as materialized (
  select m.lead_id, m.line, false as makes_it
  from import_matches m
  union all
  select r.lead_id, r.line, true
  from import_rows r
  where r.lead_id in (select m.lead_id from import_matches m)
), several as materialized (
  select s.lead_id, bool_or(s.makes_it) as is_new
  from said s
  group by s.lead_id
  having count(*) > 1
), several_attributes as (
  select s.lead_id, jsonb_object_agg(a.key, a.value order by s.line) as attributes
  from several d
  join said s on s.lead_id = d.lead_id
  join import_rows r on r.line = s.line
  cross join lateral jsonb_each(r.attributes) as a (key, value)
  group by s.lead_id
), newest as (
  select m.lead_id, false as is_new, r.email, r.phone, r.first_name,
         r.contact_name, r.company_name, r.industry, r.city, r.country, r.website, r.time_zone, r.attributes
  from import_matches m
  join import_rows r on r.line = m.line
  where not exists (select from several d where d.lead_id = m.lead_id)
  union all
  select d.lead_id, d.is_new,
         (array_agg(r.email order by r.line desc) filter (where r.email is not null))[1],
         (array_agg(r.phone order by r.line desc) filter (where r.phone is not null))[1],
         (array_agg(r.first_name order by r.line desc) filter (where r.first_name is not null))[1],
         (array_agg(r.contact_name order by r.line desc) filter (where r.contact_name is not null))[1],
         (array_agg(r.company_name order by r.line desc) filter (where r.company_name is not null))[1],
         (array_agg(r.industry order by r.line desc) filter (where r.industry is not null))[1],
         (array_agg(r.city order by r.line desc) filter (where r.city is not null))[1],
         (array_agg(r.country order by r.line desc) filter (where r.country is not null))[1],
         (array_agg(r.website order by r.line desc) filter (where r.website is not null))[1],
         (array_agg(r.time_zone order by r.line desc) filter (where r.time_zone is not null))[1],
         a.attributes
  from several d
  join said s on s.lead_id = d.lead_id
  join import_rows r on r.line = s.line
  left join several_attributes a on a.lead_id = d.lead_id
  group by d.lead_id, d.is_new, a.attributes
), new as (
  select n.is_new, n.lead_id, json_strip_nulls(row_to_json(n)) as change
  from newest n
  cross join lateral (select l.* from leads l where l.id = n.lead_id offset 0) l
  where (coalesce(n.email, l.email), coalesce(n.phone, l.phone), coalesce(n.first_name, l.first_name),
         coalesce(n.contact_name, l.contact_name), coalesce(n.company_name, l.company_name),
         coalesce(n.industry, l.industry), coalesce(n.city, l.city), coalesce(n.country, l.country),
         coalesce(n.website, l.website), coalesce(n.time_zone, l.time_zone),
         l.attributes || coalesce(n.attributes, '{}'))
    is distinct from
        (l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country,
         l.website, l.time_zone, l.attributes)
), staged as (
  insert into import_changes (is_new, portion, lead_id, change)
  select w.is_new, (sum(octet_length(w.change::text) + 500) over (partition by w.is_new order by w.lead_id) / 1000000)::int4,
         w.lead_id, w.change
  from new w
)
select (select count(distinct m.lead_id) from import_matches m) - (select count(*) from several d where d.is_new) as known;
