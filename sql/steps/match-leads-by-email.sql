-- match-leads-by-email: finds the leads that were there before the import and have the email of a staged row.
-- No parameters. Says how many rows that are. Each is looked up by the index (`offset 0`): a small file reads little of
-- a large workspace, whatever the planner knows of it, and a million rows among a million leads take what a hash join
-- takes; in an empty workspace nothing is looked up.
-- Two at once: imports of a workspace come one after the other (lock-workspace). Who else makes a lead with such an
-- email meanwhile makes create-leads fail. A crash: nothing stays.
with matched as (
  insert into import_matches (line, lead_id)
  select r.line, l.id
  from import_rows r
  cross join lateral (
    select l.id from leads l where l.email is not null and email_key(l.email) = email_key(r.email) collate "C" offset 0
  ) l
  where r.problem is null and (select l.id from leads l order by l.id limit 1) is not null
  returning 1
)
select count(*) as matched from matched;
