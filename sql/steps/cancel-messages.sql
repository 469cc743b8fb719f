-- cancel-messages: some pending messages of a cancelled campaign are cancelled, with the counters.
-- $1 the campaign, $2 and $3 a range of ids (after, through). Transition: pending -> cancelled, or unknown where an attempt of it may have left.
-- Bounded, so that no transaction is long; called
-- for one range after the other, and again after a crash. By `is not distinct from` no index is gone by: a portion does
-- not read what the portions before it have moved. Runs behind lock-campaign, as everything that moves counters.
-- Two at once: the second waits for the campaign's row and takes the next rows.
with chosen as (
  select m.id, case when is_unaccounted(m.id) then 'unknown' else 'cancelled' end as becomes
  from messages m
  where m.id > $2::int8 and m.id <= $3::int8 and m.campaign_id is not distinct from $1::uuid and m.status = 'pending'
  for update
), moved as (
  update messages m
  set status = s.becomes, not_before = null, held_by = null,
      unknown_since = case when s.becomes = 'unknown' then clock() end,
      failure_reason = case when s.becomes = 'unknown' then coalesce(m.failure_reason, 'an attempt is unaccounted for')
                            else m.failure_reason end
  from chosen s
  where m.id = s.id and m.status = 'pending'
  returning m.campaign_id, m.step_number, s.becomes
), counted as materialized (
  select c.*
  from (
    select array_agg(m.campaign_id) as campaigns, array_agg(m.step_number) as steps,
           array_agg('pending'::text) as was, array_agg(m.becomes) as becomes
    from moved m
  ) a
  cross join lateral count_moves(a.campaigns, a.steps, a.was, a.becomes) c
)
select (select count(*) from moved)::int4 as moved, (select count(*) from counted)::int4 as campaigns;
