-- resend-messages: a person wants unknown messages to be sent again, knowing that they may arrive twice.
-- $1 the campaign, $2 one message or null for all. Transition: unknown -> pending, not before the old deadline has
-- passed. The attempts stay unaccounted for, so that a late acceptance is seen for what it is: sent twice. A campaign that
-- was completed is paused by it (mark_reopened), and one of which nothing is unknown is not touched.
-- Runs behind hold-barrier and lock-campaign. Two at once: the second finds nothing unknown. A crash: all or nothing.
with chosen as materialized (
  -- Of several steps of one lead the first one goes, and the others wait until it has settled; so do those that are
  -- pending behind it.
  select m.id, exists (
           select from messages x
           where x.campaign_id = m.campaign_id and x.lead_id = m.lead_id and x.step_number < m.step_number
             and (x.status in ('pending', 'sending') or x.status = 'unknown' and ($2::int8 is null or x.id = $2::int8))
         ) as waits
  from (
    -- What is unknown has an attempt that is unaccounted for; those are few, and messages are many.
    select distinct u.message_id from unknown_attempts u where u.late_outcome is null
  ) u
  join messages m on m.id = u.message_id
  where m.campaign_id = $1::uuid and m.status = 'unknown' and ($2::int8 is null or m.id = $2::int8)
), moved as (
  update messages m
  set status = 'pending', unknown_since = null,
      not_before = case when s.waits then 'infinity'
                        when m.deadline > clock_timestamp() then m.deadline + (clock() - now()) end,
      held_by = case when not s.waits and m.deadline > clock_timestamp() then 'deadline' end
  from chosen s
  where m.id = s.id and m.status = 'unknown'
  returning m.campaign_id, m.lead_id, m.step_number
), held_back as (
  update messages n
  set not_before = 'infinity', held_by = null
  from moved m
  where n.campaign_id = m.campaign_id and n.lead_id = m.lead_id and n.step_number > m.step_number
    and n.status = 'pending'
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
