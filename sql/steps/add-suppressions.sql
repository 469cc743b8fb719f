-- add-suppressions: addresses or whole domains that must not be contacted from now on.
-- $1 values in any case, $2 their channels (or all), $3 reasons, arrays of one length; $4 who says so.
-- A claim that follows its commit sees it; what is with a transport already is not called back. One that is there
-- keeps its date and gets the new reason. Two at once: the second waits for the first's rows, in their order.
-- A crash: all of it or nothing.
with given as (
  select distinct on (email_key(g.value), g.channel) email_key(g.value) as value, g.channel, g.reason
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g (value, channel, reason, place)
  order by email_key(g.value), g.channel, g.place desc
), written as (
  insert into suppressions as s (value, channel, reason, source)
  select g.value, g.channel, g.reason, $4::text
  from given g
  order by g.value, g.channel
  on conflict (value, channel) do update set reason = excluded.reason
  returning s.xmax = 0 as is_new
)
select count(*) filter (where w.is_new)::int4 as added, count(*) filter (where not w.is_new)::int4 as known
from written w;
