-- list-changes: a portion of what an import changes.
-- $1 whether of leads that the import makes, $2 the portion, from 0. Says the ids of the leads, separated by commas, and
-- the changes as a JSON array, as update-leads takes them; null where there is no such portion. Some portions may be
-- empty, if one lead fills several: $2 goes up to `last`, which is -1 where there is none.
-- Reads only. Two at once: each its own table. A crash: nothing to see.
select string_agg(c.lead_id::text, ',' order by c.lead_id) as leads,
       json_agg(c.change order by c.lead_id)::text as changes,
       coalesce((select max(l.portion) from import_changes l where l.is_new = $1::bool), -1) as last
from import_changes c
where c.is_new = $1::bool and c.portion = $2::int4;
