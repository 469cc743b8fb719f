-- join-batch: the leads of all staged rows are in the batch, in the order of the file.
-- $1 the batch, $2 the line of the last row. A lead that is in the batch already keeps its place; one of several rows
-- stands where the first of them does.
-- The places are a run of the column's sequence, taken at once, so that one import stands behind the other. The leads of
-- this import are in no batch yet and are not looked up; they go in in the order of their ids, which is that of the index.
-- A million took 1.6 s; sorted by line, each asking the sequence and taken for one that may be there, 3.6 s.
-- Two at once: the batch's row is locked (lock-batch), and imports of a workspace come one after the other
-- (lock-workspace). A crash: nothing stays, but for the gap in the sequence.
with place as materialized (
  select setval(s.name, nextval(s.name) + $2::int8) - $2::int8 as before_first
  from (select pg_get_serial_sequence('batch_leads', 'position')::regclass as name) s
), new as (
  insert into batch_leads (batch_id, lead_id, position) overriding system value
  select $1::uuid, r.lead_id, (select p.before_first from place p) + r.line
  from import_rows r
  where r.problem is null and not exists (select from import_matches m where m.line = r.line)
    and not exists (select from import_matches m where m.lead_id = r.lead_id)
), first as (
  select t.lead_id, min(t.line) as line
  from (
    select m.lead_id, m.line
    from import_matches m
    union all
    select r.lead_id, r.line
    from import_rows r
    where r.lead_id in (select m.lead_id from import_matches m)
  ) t
  group by t.lead_id
)
insert into batch_leads (batch_id, lead_id, position) overriding system value
select $1::uuid, f.lead_id, (select p.before_first from place p) + f.line
from first f
order by f.line
on conflict (batch_id, lead_id) do nothing;
