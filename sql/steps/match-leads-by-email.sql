-- match-leads-by-email: finds the leads that were there before the import and have the email of a staged row.
-- No parameters. Says how many rows that are.
-- Two at once: imports of a workspace come one after the other (lock-workspace). Who else makes a lead with such an
-- email meanwhile makes create-leads fail. A crash: nothing stays.
with matched as (
  insert into import_matches (line, lead_id)
  select r.line, l.id
  from import_rows r
  join leads l on l.email is not null and email_key(l.email) = email_key(r.email) collate "C"
  where r.problem is null
  returning 1
)
select count(*) as matched from matched;
