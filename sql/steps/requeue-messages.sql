-- requeue-messages: a person wants failed messages to be sent again, each with all its retries.
-- $1 the campaign; $2 one message, $3 what the reason has in it, $4 since when (RFC 3339), or null: failed_messages().
-- Transitions: failed -> pending, now in the campaign's clock, behind what is due already, and not before an old deadline
-- has passed; skipped -> pending, for the later steps of the same lead that were skipped because that step failed, which
-- wait until it has settled. A campaign that was completed is paused by it (mark_reopened), and one of which nothing has
-- failed is not touched. Whether a lead may still be contacted is for the claim to say, as always.
-- Runs behind hold-barrier and lock-campaign. Two at once: the second finds nothing failed. A crash: all or nothing.
with chosen as materialized (
  select f.id, f.lead_id, f.step_number, coalesce(c.paused_at, clock()) - c.paused_total as campaign_now
  from failed_messages($1::uuid, $2::int8, $3::text, $4::text::timestamptz) f
  join campaigns c on c.id = f.campaign_id
), moved as (
  -- Of several steps of one lead the first one goes, and the others wait until it has settled.
  update messages m
  set status = 'pending', failed_at = null, attempt = 0, scheduled_for = s.campaign_now,
      not_before = case when s.waits then 'infinity'
                        when m.deadline > clock_timestamp() then m.deadline + (clock() - now()) end,
      held_by = case when not s.waits and m.deadline > clock_timestamp() then 'deadline' end
  from (
    select c.*, exists (
             select from messages x
             where x.campaign_id = $1::uuid and x.lead_id = c.lead_id and x.step_number < c.step_number
               and (x.status in ('pending', 'sending') or x.id in (select o.id from chosen o))) as waits
    from chosen c
  ) s
  where m.id = s.id and m.status = 'failed'
  returning m.campaign_id, m.lead_id, m.step_number
), restored as (
  update messages n
  set status = 'pending', skip_reason = null, not_before = 'infinity'
  from moved m
  where n.campaign_id = m.campaign_id and n.lead_id = m.lead_id and n.step_number > m.step_number
    and n.status = 'skipped' and n.skip_reason = 'step ' || m.step_number || ' failed'
  returning n.campaign_id, n.step_number
), held_back as (
  update messages n
  set not_before = 'infinity', held_by = null
  from moved m
  where n.campaign_id = m.campaign_id and n.lead_id = m.lead_id and n.step_number > m.step_number
    and n.status = 'pending'
), all_moves as (
  select m.campaign_id, m.step_number, 'failed' as was from moved m
  union all
  select r.campaign_id, r.step_number, 'skipped' from restored r
), counted as materialized (
  select c.*
  from (
    select array_agg(a.campaign_id) as campaigns, array_agg(a.step_number) as steps,
           array_agg(a.was) as was, array_agg('pending'::text) as becomes
    from all_moves a
  ) a
  cross join lateral count_moves(a.campaigns, a.steps, a.was, a.becomes) c
)
select (select count(*) from moved)::int4 as moved, (select count(*) from restored)::int4 as restored,
       (select count(*) from counted)::int4 as campaigns;
