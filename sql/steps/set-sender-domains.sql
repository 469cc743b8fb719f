-- set-sender-domains: the paces of receiving domains that a document sets for a sender.
-- $1 the sender, $2 domains in lower case, $3 their numbers, $4 their periods (1 second, 1 minute, 1 hour).
-- A domain that the document does not have loses its pace; what its refusals have taught stays.
-- `judges_anew`: a pace is another one now, or gone, or new; release-sender-holds lets go what waits for a slot of the old ones.
-- Two at once: lock-workspace stands before it. A crash: nothing.
with wanted as (
  select w.domain, w.pace_count, w.pace_period::interval as pace_period
  from unnest($2::text[], $3::int4[], $4::text[]) as w (domain, pace_count, pace_period)
), old as materialized (
  select d.domain, d.pace_count, d.pace_period
  from sender_domains d
  where d.sender_id = $1::uuid and d.pace_count is not null
), dropped as (
  update sender_domains d
  set pace_count = null, pace_period = null, next_at = null
  where d.sender_id = $1::uuid and d.pace_count is not null and d.domain not in (select w.domain from wanted w)
), written as (
  insert into sender_domains as d (sender_id, domain, pace_count, pace_period)
  select $1::uuid, w.domain, w.pace_count, w.pace_period
  from wanted w
  order by w.domain
  on conflict (sender_id, domain) do update
  set pace_count = excluded.pace_count, pace_period = excluded.pace_period,
      next_at = case when (d.pace_count, d.pace_period) is not distinct from (excluded.pace_count, excluded.pace_period)
                     then d.next_at
                     else least(d.next_at, clock() + pace_step(excluded.pace_count, excluded.pace_period)) end
)
select exists (
  select
  from wanted w
  full join old o on o.domain = w.domain
  where (w.pace_count, w.pace_period) is distinct from (o.pace_count, o.pace_period)) as judges_anew;
