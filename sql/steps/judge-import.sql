-- judge-import: how many of the staged rows can be used, and why the first of the others cannot.
-- No parameters; behind reject-time-zones, because whoever read the file has counted before that. Reads only. The sentence
-- goes to the log: of the file's values it has at most a time zone in it.
-- Two at once: each its own table. A crash: nothing to see.
select c.usable, c.without_email, c.phones_left_out, c.seem_repeated, f.line as first_line, f.problem as first_reason
from (
  select count(*) filter (where r.problem is null) as usable,
         count(*) filter (where r.problem is null and r.email is null) as without_email,
         count(*) filter (where r.problem is null and r.phone_left_out) as phones_left_out,
         count(*) filter (where r.problem is null and r.seems_repeated) as seem_repeated
  from import_rows r
) c
left join (
  select r.line, r.problem from import_rows r where r.problem is not null order by r.line limit 1
) f on true;
