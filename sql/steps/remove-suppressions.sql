-- remove-suppressions: addresses or domains that may be contacted again.
-- $1 values in any case, $2 the channel, or null for every entry of these values.
-- What was skipped meanwhile stays skipped. Two at once: the second finds nothing. A crash: all of it or nothing.
with gone as (
  delete from suppressions s
  where s.value in (select email_key(g.value) from unnest($1::text[]) as g (value)) and ($2::text is null or s.channel = $2::text)
  returning s.value
)
select count(*)::int4 as removed from gone;
