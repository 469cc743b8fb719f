-- look-around: whether there is anything at all for a tick to do, in one short look at the campaigns, which are few.
-- No parameters. Reads only. Every tick begins with it: most of what an idle one costs is the server's first look at each
-- table that a statement names, at `messages` above all.
select coalesce(bool_or(c.status = 'running'), false) as has_running,
       coalesce(bool_or(c.status = 'scheduled' and coalesce(c.scheduled_start_at, clock()) <= clock()), false) as has_starts,
       coalesce(bool_or(c.status = 'cancelled' and c.open_count > 0), false) as has_cancels,
       coalesce(bool_or(c.open_count > 0), false) as has_open
from campaigns c;
