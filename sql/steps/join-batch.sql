-- join-batch: the leads of all staged rows are in the batch, in the order of the file.
-- $1 the batch. A lead that is in it already keeps its place.
-- Two at once: the batch's row is locked (lock-batch). A crash: nothing stays.
insert into batch_leads (batch_id, lead_id)
select $1::uuid, s.lead_id
from (
  select coalesce(m.lead_id, r.lead_id) as lead_id, r.line
  from import_rows r
  left join import_matches m on m.line = r.line
  where r.is_usable
) s
order by s.line
on conflict (batch_id, lead_id) do nothing;
