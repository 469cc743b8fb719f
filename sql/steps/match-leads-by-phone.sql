-- match-leads-by-phone: finds the leads of the staged rows that have no email, where the row does not make its own.
-- No parameters; behind the matching by email. Such a row belongs to the oldest lead that has its phone, before this
-- import or by a row of the file with an email; else to the lead that the first row with that phone makes.
-- Says how many rows that are.
-- Two at once: imports of a workspace come one after the other (lock-workspace). A crash: nothing stays.
with loose as (
  select r.line, r.lead_id, r.phone
  from import_rows r
  where r.problem is null and r.email is null
), candidate as (
  select o.phone, l.id as lead_id, l.created_at
  from (select distinct o.phone from loose o) o
  cross join lateral (select l.id, l.created_at from leads l where l.phone = o.phone offset 0) l
  union all
  select r.phone, coalesce(l.id, m.lead_id, r.lead_id), l.created_at
  from import_rows r
  left join import_matches m on m.line = r.line
  left join lateral (select l.id, l.created_at from leads l where l.id = m.lead_id offset 0) l on true
  where r.problem is null and r.email is not null and r.phone in (select o.phone from loose o)
), oldest as (
  -- Leads to be made have no created_at; their ids are in the order of their lines.
  select distinct on (c.phone) c.phone, c.lead_id
  from candidate c
  order by c.phone, c.created_at nulls last, c.lead_id
), first as (
  select distinct on (o.phone) o.phone, o.line, o.lead_id
  from loose o
  order by o.phone, o.line
), matched as (
  insert into import_matches (line, lead_id)
  select o.line, coalesce(c.lead_id, f.lead_id)
  from loose o
  join first f on f.phone = o.phone
  left join oldest c on c.phone = o.phone
  where c.lead_id is not null or o.line > f.line
  returning 1
)
select count(*) as matched from matched;
