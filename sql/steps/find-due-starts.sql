-- find-due-starts: scheduled campaigns whose time has come. No parameters. Reads only; start-campaign's own transaction
-- decides, behind the campaign's barrier. No time is not now: nobody has said when.
select c.name
from campaigns c
where c.status = 'scheduled' and c.scheduled_start_at <= clock()
order by c.scheduled_start_at, c.number;
