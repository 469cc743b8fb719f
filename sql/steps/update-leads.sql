-- update-leads: changes that an import has found, written over what the leads have.
-- $1 a JSON array of them, as list-changes has them. An absent value says nothing; a lead of which nothing changes is not
-- touched. What the window of a lead's old time zone has put aside is judged anew by the next claim.
-- Transition of messages: none of state; pending stays pending.
-- Behind lock-leads, a statement of its own: one that locked and judged in one snapshot was begun again by the server for
-- each lead that a settlement had changed meanwhile, and sixty thousand rows took 53 s instead of 1.
-- Says how many leads have changed. Two at once, and settlements or claims meanwhile: they have waited for the locks, or
-- passed these leads by. A crash: all of this portion or nothing.
with judged as materialized (
  select s.lead_id, coalesce(s.email, l.email) as email, coalesce(s.phone, l.phone) as phone,
         coalesce(s.first_name, l.first_name) as first_name,
         coalesce(s.contact_name, l.contact_name) as contact_name,
         coalesce(s.company_name, l.company_name) as company_name,
         coalesce(s.industry, l.industry) as industry, coalesce(s.city, l.city) as city,
         coalesce(s.country, l.country) as country, coalesce(s.website, l.website) as website,
         coalesce(s.time_zone, l.time_zone) as time_zone,
         l.attributes || coalesce(s.attributes, '{}') as attributes,
         s.time_zone is not null and s.time_zone is distinct from l.time_zone as moves
  from json_to_recordset($1::text::json) as s (
    lead_id uuid, email text, phone text, first_name text, contact_name text, company_name text, industry text, city text,
    country text, website text, time_zone text, attributes jsonb)
  cross join lateral (select l.* from leads l where l.id = s.lead_id offset 0) l
  where (coalesce(s.email, l.email), coalesce(s.phone, l.phone), coalesce(s.first_name, l.first_name),
         coalesce(s.contact_name, l.contact_name), coalesce(s.company_name, l.company_name),
         coalesce(s.industry, l.industry), coalesce(s.city, l.city), coalesce(s.country, l.country),
         coalesce(s.website, l.website), coalesce(s.time_zone, l.time_zone),
         l.attributes || coalesce(s.attributes, '{}'))
    is distinct from
        (l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country,
         l.website, l.time_zone, l.attributes)
), written as (
  update leads l
  set email = j.email, phone = j.phone, first_name = j.first_name, contact_name = j.contact_name,
      company_name = j.company_name, industry = j.industry, city = j.city, country = j.country,
      website = j.website, time_zone = j.time_zone, attributes = j.attributes, updated_at = clock()
  from judged j
  where l.id = j.lead_id
), held as materialized (
  select m.id
  from judged j
  cross join campaigns c
  cross join lateral (
    select m.id
    from messages m
    where m.campaign_id = c.id and m.lead_id = j.lead_id and m.status = 'pending' and m.held_by = 'window'
    offset 0
  ) m
  where j.moves and c.open_count > 0 and c.window_zone = 'lead'
), released as (
  update messages m
  set not_before = null, held_by = null
  from held h
  where m.id = h.id and m.status = 'pending' and m.held_by = 'window'
)
select count(*)::int4 as updated from judged;
