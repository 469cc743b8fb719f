-- lock-due-leads: picks messages of a campaign that are due, and locks them and their leads.
-- $1 the campaign, $2 the sender, $3 the most messages to claim, $4 how many to look at at least: those that turn out
-- to be held back by a rule are put aside many at a time.
-- Runs behind try-barrier: picks nothing unless the barrier was granted and the campaign is running, and its window
-- open, *now*; and behind lock-sender: no more than the sender's caps and pace have room for. `wait` is the seconds
-- until there is room again, null where there is or where it takes longer than any tick (a cap, a window).
-- One message per lead comes by itself: a step waits (not_before = infinity) until the step before it has settled.
-- Two at once: each picks other messages, and leads that another claim or settlement holds are passed over until the
-- next claim; nothing here ever waits for a lock, so the order messages before leads cannot deadlock.
-- A crash: released with the transaction. The picked ids stay in a local setting for claim-messages.
with campaign as (
  select c.id, coalesce(c.paused_at, clock()) - c.paused_total as now
  from campaigns c
  where c.id = $1::uuid and c.status = 'running' and current_setting('campanile.barrier') = 'true'
    and campaign_opens(c) <= clock()
), room as materialized (
  select least($3::int4, r.slots) as slots, r.rule, r.opens_at
  from senders s
  cross join lateral sender_room(s) r
  where s.id = $2::uuid
), due as (
  select m.id, m.lead_id
  from messages m
  where m.campaign_id = (select id from campaign) and m.sender_id = $2::uuid
    and m.status = 'pending' and m.not_before is null and m.scheduled_for <= (select now from campaign)
  order by m.scheduled_for, m.id
  limit (select case when slots > 0 then greatest(slots, $4::int4) else 0 end from room)
  for update skip locked
), locked as (
  select l.id
  from leads l
  where l.id in (select d.lead_id from due d)
  order by l.id
  for no key update skip locked
), picked as (
  select coalesce(array_agg(d.id order by d.id) filter (where l.id is not null), '{}') as ids, count(d.id)::int4 as due
  from due d
  left join locked l on l.id = d.lead_id
)
select set_config('campanile.picked', p.ids::text, true) <> '{}' as found, p.due, r.slots,
       case when r.rule = 'pace' then greatest(0, extract(epoch from r.opens_at - clock())) end::float8 as wait,
       set_config('campanile.slots', r.slots::text, true) is not null as noted
from picked p
cross join room r;
