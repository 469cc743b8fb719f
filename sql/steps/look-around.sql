-- look-around: whether there is anything at all for a tick to do, in one short look at the campaigns, which are few.
-- No parameters. Reads only. Every tick begins with it: most of what an idle one costs is the server's first look at each
-- table and function that a statement names, at `messages` above all; and so it does not ask for the time.
select coalesce(bool_or(c.status = 'running'), false) as has_running,
       coalesce(bool_or(c.status = 'scheduled'), false) as has_scheduled,
       coalesce(bool_or(c.status = 'cancelled' and c.open_count > 0), false) as has_cancels,
       coalesce(bool_or(c.open_count > 0), false) as has_open
from campaigns c;
