-- reject-time-zones: staged rows whose time zone is not known cannot be used.
-- No parameters; behind analyze-import-rows, where the file has the column. The server's database of time zones is read
-- once. A row that cannot be used because of an address has its time zone still, and gets this reason instead; one that
-- could not be read has none. Two at once: each its own table. A crash: nothing stays.
with zones as materialized (
  select coalesce(array_agg(distinct r.time_zone), '{}') as names from import_rows r where r.time_zone is not null
), unknown as materialized (
  select u.name from zones z cross join lateral unknown_time_zones(z.names) u (name)
)
update import_rows r
set problem = 'there is no time zone "' || left(r.time_zone, 100) || '"; it must be like Europe/London'
from unknown u
where r.time_zone = u.name;
