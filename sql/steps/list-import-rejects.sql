-- list-import-rejects: the staged rows that cannot be used, each with its reason, a page at a time.
-- $1 the line after which to begin, $2 the most rows. Reads only, by the index of the rejects.
-- Two at once: each its own table. A crash: nothing to see.
select r.line,
       case r.problem
         when 'the email is not an address' then 'the email "' || left(r.email, 100) || '" is not an address'
         when 'the phone is not a number, and there is no email'
           then 'the phone "' || left(r.phone, 100) || '" is not a number, and there is no email'
         else r.problem end as reason
from import_rows r
where r.problem is not null and r.line > $1::int8
order by r.line
limit $2::int4;
