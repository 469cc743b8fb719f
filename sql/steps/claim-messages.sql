-- claim-messages: the picked messages become `sending`, for one tick, until their deadline.
-- $1 the claim id, a UUID that the tick made and never uses again; $2 the lease, an interval: the tick's own, so that
-- both mean the same deadline even if the sender has just been changed.
-- Transitions: pending -> sending, and the sender's day and pace are charged; pending -> pending with a `not_before`,
-- and the rule that says so in `held_by`; returned too. A message that must never be sent is not moved but returned with its
-- `skip_reason`; the tick settles it as `skipped`.
-- Here are the rules that look at one message: the lead's state, suppressions, the lead's own window, the gap to other
-- campaigns, the receiving domain. A statement of its own behind lock-due-leads: it sees what was committed before the
-- leads were locked.
-- Two at once: the rows are locked; a second claim finds them `sending`. A crash before the commit: nothing moved;
-- after it: recovery finds the rows once their deadline has passed.
with picked as materialized (
  select m.id, m.lead_id, m.campaign_id, m.sender_id, m.channel, m.step_number, m.scheduled_for,
         split_part(lower(l.email), '@', 2) as domain, rules.skip_reason, window_of.opens_at, gap.ends_at
  from unnest(current_setting('campanile.picked')::bigint[]) p (id)
  join messages m on m.id = p.id and m.status = 'pending'
  join leads l on l.id = m.lead_id
  join campaigns c on c.id = m.campaign_id
  cross join lateral (select case m.channel when 'email' then l.email else l.phone end as address) a
  cross join lateral (
    select case when c.window_zone = 'lead' and l.time_zone is not null
                then window_opens(clock(), c.window_days, c.window_from, c.window_to, l.time_zone) end as opens_at
  ) window_of
  cross join lateral (
    select case
      when l.status in ('not_interested', 'converted', 'invalid', 'replied', 'unsubscribed') then 'the lead is ' || l.status
      when a.address is null then 'no address'
      when c.window_zone = 'lead' and l.time_zone is null then 'the lead has no time zone'
      when c.window_zone = 'lead' and window_of.opens_at is null then 'the lead''s time zone is not known: ' || l.time_zone
      else (
        select 'suppressed: ' || s.reason
        from suppressions s
        where s.value in (lower(a.address), split_part(lower(a.address), '@', 2)) and s.channel in ('all', m.channel)
        limit 1)
    end as skip_reason
  ) rules
  cross join lateral (
    -- The end of the gap after the last contact by another campaign; what is out counts until it has settled.
    select greatest(
      case when l.touched_by is distinct from m.campaign_id then l.touched_at else l.touched_others_at end + c.min_gap,
      (select max(f.deadline) + (clock() - now())
       from messages f
       where f.lead_id = l.id and f.deadline is not null and f.status = 'sending'
         and f.campaign_id <> m.campaign_id and c.min_gap > interval '0')) as ends_at
  ) gap
), free as materialized (
  -- What no rule of its own holds back, counted by domain.
  select p.id, p.sender_id, p.domain, d.pace_count, d.pace_period, d.next_at,
         greatest(d.next_at, d.horizon, d.dead_until, clock()) as horizon,
         -- From one message that waits for its domain to the next; without a pace one a second and connection.
         coalesce(pace_step(d.pace_count, d.pace_period), interval '1 second' / greatest(1, d.concurrency)) as step,
         row_number() over (partition by p.domain order by p.scheduled_for, p.id) as place,
         case when d.domain is null then 2147483647
              when d.dead_until > clock() then 0
              else least(2147483647,
                case when d.pace_count is not null then pace_slots(d.next_at, d.pace_count, d.pace_period) end,
                case when d.concurrency is not null then greatest(0, floor(d.concurrency)::integer - (
                  select count(*)::integer
                  from messages f
                  join leads g on g.id = f.lead_id
                  where f.deadline is not null and f.status = 'sending' and f.sender_id = p.sender_id
                    and split_part(lower(g.email), '@', 2) = p.domain)) end) end as slots
  from picked p
  left join sender_domains d on d.sender_id = p.sender_id and d.domain = p.domain and p.channel = 'email'
  where p.skip_reason is null and (p.opens_at is null or p.opens_at <= clock())
    and (p.ends_at is null or p.ends_at <= clock())
), chosen as materialized (
  select f.id
  from free f
  join picked p on p.id = f.id
  where f.place <= f.slots
  order by p.scheduled_for, p.id
  limit current_setting('campanile.slots')::integer
), held as (
  select p.id, greatest(p.opens_at, p.ends_at) as until,
         case when p.ends_at is null or p.opens_at > p.ends_at then 'window' else 'min_gap' end as rule
  from picked p
  where p.skip_reason is null and greatest(p.opens_at, p.ends_at) > clock()
  union all
  -- Each is told a time of its own: all at the same time, all but one would be put aside again.
  select f.id, f.horizon + (f.place - f.slots) * f.step, 'domain'
  from free f
  where f.place > f.slots
), sender as materialized (
  select s.id, s.pace_count, s.pace_period, s.pace_next_at, s.delay_min, s.delay_max,
         case when s.daily_cap is not null or s.warm_up_start is not null
              then (clock() at time zone s.time_zone)::date end as day
  from senders s
  where s.id = (select sender_id from picked limit 1)
), claimed as (
  update messages m
  set status = 'sending', claim_id = $1::uuid, attempt = m.attempt + 1, held_by = null,
      deadline = clock_timestamp() + $2::interval, charged_on = (select day from sender)
  from chosen c
  where m.id = c.id and m.status = 'pending'
  returning m.id
), put_aside as (
  update messages m
  set not_before = h.until, held_by = h.rule
  from held h
  where m.id = h.id and m.status = 'pending'
  returning m.id, m.held_by
), charged as (
  insert into sender_days (sender_id, day, charged)
  select s.id, s.day, n.claimed
  from sender s
  cross join (select count(*) as claimed from claimed) n
  where s.day is not null and n.claimed > 0
  on conflict (sender_id, day) do update set charged = sender_days.charged + excluded.charged
), paced as (
  update senders s
  set pace_claim = $1::uuid,
      pace_next_at = case when s.delay_min is not null
        then clock() + greatest(s.delay_min + pace_slack(), s.delay_min + random() * (s.delay_max - s.delay_min))
        else greatest(s.pace_next_at, clock() - pace_slack()) + n.claimed * pace_step(s.pace_count, s.pace_period) end
  from (select count(*) as claimed from claimed) n
  where s.id = (select id from sender) and n.claimed > 0 and (s.pace_count is not null or s.delay_min is not null)
), domains_paced as (
  update sender_domains d
  set next_at = case when n.claimed > 0 and d.pace_count is not null
                     then greatest(d.next_at, clock() - pace_slack()) + n.claimed * n.step else d.next_at end,
      horizon = n.horizon + n.held * n.step
  from (
    select f.sender_id, f.domain, f.horizon, f.step, count(c.id) as claimed,
           count(*) filter (where f.place > f.slots) as held
    from free f
    left join claimed c on c.id = f.id
    where f.slots < 2147483647
    group by f.sender_id, f.domain, f.horizon, f.step
  ) n
  where d.sender_id = n.sender_id and d.domain = n.domain
)
select p.id, p.skip_reason, a.held_by, m.campaign_id, c.name as campaign, m.step_number, s.template_id,
       l.id as lead_id, l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country,
       l.website, l.attributes::text as attributes,
       to_char(clock(), 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000' as date
from picked p
join messages m on m.id = p.id
join leads l on l.id = p.lead_id
join campaigns c on c.id = m.campaign_id
join campaign_steps s on s.campaign_id = m.campaign_id and s.step_number = m.step_number
left join put_aside a on a.id = p.id
where p.skip_reason is not null or a.id is not null or p.id in (select id from claimed)
order by m.scheduled_for, m.id;
