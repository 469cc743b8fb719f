-- create-leads: the leads that the staged rows make.
-- No parameters; behind the matching. In the order of the file and not of the email: sorting a million rows costs more
-- than the index gains (11.2 s against 8.3 s for a whole import, when rows still went in as text).
-- Two at once: imports of a workspace come one after the other (lock-workspace). An email that somebody else has given
-- to a lead since the matching is a unique_violation, and the import starts over; `on conflict` would look each email
-- up once more for that (13.3 s against 8.3 s). A crash: nothing stays.
insert into leads (id, email, phone, first_name, contact_name, company_name, industry, city, country, website,
                   time_zone, attributes, created_at, updated_at)
select r.lead_id, r.email, r.phone, r.first_name, r.contact_name, r.company_name,
       r.industry, r.city, r.country, r.website, r.time_zone, coalesce(r.attributes, '{}'), (select clock()), (select clock())
from import_rows r
where r.problem is null and not exists (select from import_matches m where m.line = r.line);
