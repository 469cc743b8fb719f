-- match-repeated-emails: finds, for staged rows whose email stands further up in the file, the lead that the first such
-- row makes.
-- No parameters; behind match-leads-by-email, which has all rows of an email that was known, and only where some row
-- `seems_repeated`: every second row with an email does, and few others. Says how many rows that are.
-- Two at once: imports of a workspace come one after the other (lock-workspace). A crash: nothing stays.
with suspect as materialized (
  select distinct email_key(r.email) as key
  from import_rows r
  where r.seems_repeated and r.problem is null and not exists (select from import_matches m where m.line = r.line)
), told as materialized (
  select r.line, r.lead_id, s.key
  from import_rows r
  join suspect s on s.key = email_key(r.email) collate "C"
  where r.problem is null
), first as (
  select distinct on (t.key collate "C") t.key, t.line, t.lead_id
  from told t
  order by t.key collate "C", t.line
), matched as (
  insert into import_matches (line, lead_id)
  select t.line, f.lead_id
  from told t
  join first f on f.key = t.key collate "C" and t.line > f.line
  returning 1
)
select count(*) as matched from matched;
