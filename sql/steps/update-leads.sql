-- update-leads: what the file says of leads that were there, or of which several of its rows speak.
-- No parameters; behind create-leads. Newer values win, column by column and attribute by attribute: the file's over
-- what is stored, a later line's over an earlier one's; an absent value says nothing. A lead about which the file says
-- nothing new is not touched, and not locked.
-- Says how many leads were there before the import, and how many of those have changed.
-- Two at once, and settlements or claims meanwhile: the leads are locked in the order of their ids, like everywhere,
-- and as the last thing before the commit. A crash: nothing stays.
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
), changed as materialized (
  select n.*
  from newest n
  join leads l on l.id = n.lead_id
  where (coalesce(n.email, l.email), coalesce(n.phone, l.phone), coalesce(n.first_name, l.first_name),
         coalesce(n.contact_name, l.contact_name), coalesce(n.company_name, l.company_name),
         coalesce(n.industry, l.industry), coalesce(n.city, l.city), coalesce(n.country, l.country),
         coalesce(n.website, l.website), coalesce(n.time_zone, l.time_zone),
         l.attributes || coalesce(n.attributes, '{}'))
    is distinct from
        (l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country, l.website,
         l.time_zone, l.attributes)
  order by l.id
  for no key update of l
), written as (
  update leads l
  set email = coalesce(c.email, l.email), phone = coalesce(c.phone, l.phone),
      first_name = coalesce(c.first_name, l.first_name), contact_name = coalesce(c.contact_name, l.contact_name),
      company_name = coalesce(c.company_name, l.company_name), industry = coalesce(c.industry, l.industry),
      city = coalesce(c.city, l.city), country = coalesce(c.country, l.country),
      website = coalesce(c.website, l.website), time_zone = coalesce(c.time_zone, l.time_zone),
      attributes = l.attributes || coalesce(c.attributes, '{}'),
      updated_at = clock()
  from changed c
  where l.id = c.lead_id
  returning c.is_new
)
select (select count(distinct m.lead_id) from import_matches m) - (select count(*) from several d where d.is_new)
         as known,
       (select count(*) from written w where not w.is_new) as updated;
