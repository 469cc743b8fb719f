-- find-unfinished-cancels: cancelled campaigns that have open messages: what is out, or what a cancel that died left over.
-- No parameters. Reads only; cancel-messages finds what is pending.
select c.id, c.name
from campaigns c
where c.status = 'cancelled' and c.open_count > 0
order by c.number;
