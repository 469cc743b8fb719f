-- resend-messages: a person wants unknown messages to be sent again, knowing that they may arrive twice.
-- $1 the campaign, $2 one message or null for all. Transition: unknown -> pending, not before the old deadline has
-- passed. The attempts stay unaccounted for, so that a late acceptance is seen for what it is: sent twice.
-- Runs behind hold-barrier and lock-campaign. Two at once: the second finds nothing unknown. A crash: all or nothing.
with moved as (
  update messages m
  set status = 'pending', unknown_since = null,
      not_before = case when m.deadline > clock_timestamp() then m.deadline + (clock() - now()) end,
      held_by = case when m.deadline > clock_timestamp() then 'deadline' end
  where m.campaign_id = $1::uuid and m.status = 'unknown' and ($2::int8 is null or m.id = $2::int8)
  returning m.campaign_id, m.step_number
), counted as materialized (
  select c.*
  from (
    select array_agg(m.campaign_id) as campaigns, array_agg(m.step_number) as steps,
           array_agg('unknown'::text) as was, array_agg('pending'::text) as becomes
    from moved m
  ) a
  cross join lateral count_moves(a.campaigns, a.steps, a.was, a.becomes) c
)
select (select count(*) from moved)::int4 as moved, (select count(*) from counted)::int4 as campaigns;
