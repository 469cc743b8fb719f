-- judge-import: how many of the staged rows can be used, and why the first of the others cannot.
-- No parameters. Reads only. The sentence has no value of the file in it: it goes to the log.
-- Two at once: each its own table. A crash: nothing to see.
select c.usable, c.without_email, c.phones_left_out, f.line as first_line, f.reason as first_reason
from (
  select count(*) filter (where r.is_usable) as usable,
         count(*) filter (where r.is_usable and r.email is null) as without_email,
         count(*) filter (where r.is_usable and r.phone is not null and not r.is_number) as phones_left_out
  from import_rows r
) c
left join (
  select r.line,
         case when r.problem is not null then r.problem
              when r.email is not null then 'the email is not an address'
              when r.phone is not null then 'the phone is not a number, and there is no email'
              else 'there is neither an email nor a phone' end as reason
  from import_rows r
  where not r.is_usable
  order by r.line
  limit 1
) f on true;
