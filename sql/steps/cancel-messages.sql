-- cancel-messages: some pending messages of a cancelled campaign are cancelled, with the counters.
-- $1 the campaign, $2 the most rows. Transition: pending -> cancelled. Bounded, so that no transaction is long; called
-- until it moves none, and again after a crash. Runs behind lock-campaign, as everything that moves counters.
-- Two at once: the second waits for the campaign's row and takes the next rows.
with chosen as (
  select m.id
  from messages m
  where m.campaign_id = $1::uuid and m.status = 'pending'
  limit $2::int4
  for update
), moved as (
  update messages m
  set status = 'cancelled', not_before = null
  from chosen s
  where m.id = s.id and m.status = 'pending'
  returning m.campaign_id, m.step_number
), counted as materialized (
  select c.*
  from (
    select array_agg(m.campaign_id) as campaigns, array_agg(m.step_number) as steps,
           array_agg('pending'::text) as was, array_agg('cancelled'::text) as becomes
    from moved m
  ) a
  cross join lateral count_moves(a.campaigns, a.steps, a.was, a.becomes) c
)
select (select count(*) from moved)::int4 as cancelled, (select count(*) from counted)::int4 as campaigns;
