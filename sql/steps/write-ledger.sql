-- write-ledger: every message of a campaign, one row per lead and step, in one statement.
-- $1 the campaign. In the transaction that starts it; the clock of that transaction is the start.
-- Transition: nothing -> pending, or skipped where the lead has no address on the step's channel. The first step that
-- a lead can get is claimable at its time; the ones behind it wait (infinity) until the one before has settled.
-- A lead keeps one sender of a channel for the whole sequence: senders take the leads in turn.
-- From the campaign's leads outwards, behind go-by-keys: each is looked up by its id (`offset 0`), however many others
-- the workspace has.
-- Two at once: the campaign's row is locked. A crash: nothing is written.
with campaign as materialized (
  select c.batch_ids, c.lead_ids, c.sender_ids from campaigns c where c.id = $1::uuid
), sender as (
  select s.id, s.channel, count(*) over (partition by s.channel) as of,
         row_number() over (partition by s.channel order by array_position(c.sender_ids, s.id)) - 1 as turn
  from campaign c
  join senders s on s.id = any (c.sender_ids)
), target as (
  select t.lead_id, min(t.position) as position
  from (
    select b.lead_id, b.position
    from campaign c
    cross join lateral unnest(c.batch_ids) as i (id)
    cross join lateral (select b.lead_id, b.position from batch_leads b where b.batch_id = i.id offset 0) b
    union all
    select i.id, null from campaign c cross join lateral unnest(c.lead_ids) as i (id)
  ) t
  group by t.lead_id
), lead as (
  select t.lead_id as id, l.has_email, l.has_phone,
         row_number() over (order by t.position nulls last, l.email, t.lead_id) - 1 as place
  from target t
  cross join lateral (
    select l.email, l.email is not null as has_email, l.phone is not null as has_phone
    from leads l where l.id = t.lead_id offset 0
  ) l
), first_step as (
  select min(s.step_number) filter (where s.channel = 'email') as email,
         min(s.step_number) filter (where s.channel <> 'email') as phone
  from campaign_steps s
  where s.campaign_id = $1::uuid
), written as (
  insert into messages (campaign_id, lead_id, sender_id, step_number, channel, scheduled_for, not_before, status,
                        skip_reason)
  select s.campaign_id, l.id, r.id, s.step_number, s.channel, clock() + make_interval(days => s.day),
         case when reachable
                and s.step_number > least(case when l.has_email then f.email end, case when l.has_phone then f.phone end)
              then timestamptz 'infinity' end,
         case when reachable then 'pending' else 'skipped' end,
         case when not reachable then 'no address' end
  from campaign_steps s
  cross join first_step f
  cross join lead l
  cross join lateral (select case s.channel when 'email' then l.has_email else l.has_phone end as reachable) a
  join sender r on r.channel = s.channel and r.turn = l.place % r.of
  where s.campaign_id = $1::uuid
  order by s.step_number, l.place
  returning step_number, status
), counts as (
  select w.step_number, count(*) as total, count(*) filter (where w.status = 'skipped') as skipped
  from written w
  group by w.step_number
), stepped as (
  update campaign_steps s
  set total = n.total, skipped = n.skipped
  from counts n
  where s.campaign_id = $1::uuid and s.step_number = n.step_number
  returning s.channel, n.total, n.skipped
)
select coalesce(sum(s.total), 0)::int8 as messages, coalesce(sum(s.skipped), 0)::int8 as skipped,
       coalesce(sum(s.total) filter (where s.channel = 'email'), 0)::int8 as emails,
       coalesce(max(s.total), 0)::int8 as leads
from stepped s;
