-- match-leads-by-email: finds the leads of the staged rows that have an email, where the row does not make its own.
-- No parameters. A row whose email a lead has belongs to that lead; one whose email stands further up in the file
-- belongs to the lead that the first such row makes. Says how many rows that are.
-- Two at once: imports of a workspace come one after the other (lock-workspace). Who else makes a lead with such an
-- email meanwhile makes create-leads fail. A crash: nothing stays.
with known as materialized (
  select r.line, l.id as lead_id
  from import_rows r
  join leads l on l.email is not null and lower(l.email) = lower(r.email)
  where r.is_usable
), repeated as (
  select lower(r.email) as email, min(r.line) as first_line
  from import_rows r
  where r.is_usable and r.email is not null
  group by lower(r.email)
  having count(*) > 1
), matched as (
  insert into import_matches (line, lead_id)
  select k.line, k.lead_id
  from known k
  union all
  select r.line, f.lead_id
  from repeated d
  join import_rows f on f.line = d.first_line
  join import_rows r on r.is_usable and lower(r.email) = d.email and r.line > d.first_line
  where not exists (select from known k where k.line = r.line)
  returning 1
)
select count(*) as matched from matched;
