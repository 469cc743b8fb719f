-- claim_messages(): the picked messages become `sending`, for one tick, until their deadline.
-- $1 the claim id, a UUID that the tick made and never uses again; $2 the lease, an interval: the tick's own, so that
-- both mean the same deadline even if the sender has just been changed.
-- Transitions: pending -> sending, and the sender's day and pace are charged; pending -> pending with a `not_before`,
-- and the rule that says so in `held_by`; returned too. A message that must never be sent is not moved but returned
-- with its `skip_reason`; the tick settles it as `skipped`.
-- Here are the rules that look at one message: the lead's state, suppressions, the lead's own window, the gap to other
-- campaigns, the receiving domain. Called by a statement of its own behind lock-due-leads: it sees what was committed
-- before the leads were locked.
-- Two at once: the leads are locked, so no other claim has these messages. A settlement may have: it skips, or defers, or
-- holds back a step without the lead's lock. So a message is judged by what it is now, and only what the UPDATE has really
-- moved is claimed. A crash before the commit: nothing moved;
-- after it: recovery finds the rows once their deadline has passed.
create or replace function claim_messages(claim uuid, lease interval)
  returns table (
    id bigint, skip_reason text, held_by text, campaign_id uuid, campaign text, step_number integer, template_id uuid,
    lead_id uuid, email text, phone text, first_name text, contact_name text, company_name text, industry text,
    city text, country text, website text, attributes text, date text)
  language plpgsql
  set plan_cache_mode = force_generic_plan
  -- Where a table has no statistics yet, or old ones: the picked ids first, and from there on by keys.
  set join_collapse_limit = 1
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  as $$
#variable_conflict use_column
declare
  picked    bigint[] := current_setting('campanile.picked');
  slots     integer;
  sender    senders;
  now_written text := to_char(clock(), 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000';
  due_until timestamptz;      -- the campaign's clock
  today     date;             -- the day that is charged, where there is a cap
  judged    judged_message[]; -- each picked message, in the order in which they are due, and what becomes of it
  to_claim  bigint[];
  claimed   integer := 0;     -- how many were
  is_slow   boolean;          -- whether a domain has a pace or has refused, for this sender
  has_held  boolean;
  has_skips boolean;
  -- Paces count from here and not from when the transaction began: it may have waited for the sender's row, and what it
  -- claims goes out only now.
  handed_over_at timestamptz := clock() + (clock_timestamp() - now());
begin
  if picked = '{}' then return; end if;
  slots := current_setting('campanile.slots');
  select s.* into sender from messages m join senders s on s.id = m.sender_id where m.id = picked[1];
  select coalesce(c.paused_at, clock()) - c.paused_total into due_until
  from messages m join campaigns c on c.id = m.campaign_id where m.id = picked[1];

  is_slow := exists (
    select from sender_domains d where d.sender_id = sender.id and (d.pace_count is not null or d.concurrency is not null));

  -- The rules that hold for one message whatever else is claimed. `offset 0`: each is asked once, and not again by
  -- every expression that names its answer.
  select array_agg(row(m.id, a.domain, rules.skip_reason,
                       case when held.until > clock() then held.until end,
                       case when held.until > clock()
                            then case when held.gap_ends_at is null or a.opens_at > held.gap_ends_at then 'window'
                                      else 'min_gap' end end,
                       rules.skip_reason is null and coalesce(held.until <= clock(), true))::judged_message
                   order by p.place),
         array_agg(m.id order by p.place) filter (where rules.skip_reason is null and coalesce(held.until <= clock(), true)),
         bool_or(held.until > clock()), bool_or(rules.skip_reason is not null)
  into judged, to_claim, has_held, has_skips
  from unnest(picked) with ordinality p (id, place)
  -- `is true`, here and below: looked for by its id, a message must not be looked for in messages_due, which a planner that
  -- knows nothing of the table takes for as good.
  join messages m
    on m.id = p.id and (m.status = 'pending' and m.not_before is null and m.scheduled_for <= due_until) is true
  join leads l on l.id = m.lead_id
  join campaigns c on c.id = m.campaign_id
  cross join lateral (
    select case m.channel when 'email' then email_key(l.email) else l.phone end as address,
           case m.channel when 'email' then email_key(split_part(l.email, '@', 2)) end as domain,
           case when c.window_zone = 'lead' and l.time_zone is not null
                then window_opens(clock(), c.window_days, c.window_from, c.window_to, l.time_zone) end as opens_at
    offset 0
  ) a
  cross join lateral (
    select case
      when l.status in ('not_interested', 'converted', 'invalid', 'replied', 'unsubscribed') then 'the lead is ' || l.status
      when a.address is null then 'no address'
      when c.window_zone = 'lead' and l.time_zone is null then 'the lead has no time zone'
      when c.window_zone = 'lead' and a.opens_at is null then 'the lead''s time zone is not known: ' || l.time_zone
      else (
        select 'suppressed: ' || s.reason
        from suppressions s
        where s.value in (a.address, a.domain) and (s.channel = 'all' or s.channel = m.channel)
        limit 1)
    end as skip_reason
    offset 0
  ) rules
  left join lateral (
    select greatest(a.opens_at, gap.ends_at) as until, gap.ends_at as gap_ends_at
    from (
      -- The end of the gap after the last contact by another campaign. What is out counts until it has settled: past
      -- its deadline until it was recovered, because only then the gap begins.
      select greatest(
        case when l.touched_by is distinct from m.campaign_id then l.touched_at else l.touched_others_at end + c.min_gap,
        case when c.min_gap > interval '0' then (
          select greatest(max(o.deadline) + (clock() - now()),
                          case when max(o.deadline) <= clock_timestamp() then clock() + interval '1 minute' end)
          from messages o
          where o.lead_id = l.id and o.deadline is not null and o.status = 'sending'
            and o.campaign_id <> m.campaign_id) end) as ends_at
    ) gap
    where rules.skip_reason is null
    offset 0
  ) held on true;

  -- What a receiving domain takes: so many of what is free until now.
  if is_slow then
    select array_agg(row(f.id, f.domain, f.skip_reason, f.held_until, f.held_by, f.is_free)::judged_message order by f.turn),
           array_agg(f.id order by f.turn) filter (where f.is_free),
           bool_or(f.held_until is not null)
    into judged, to_claim, has_held
    from (
      select f.id, f.domain, f.turn, f.skip_reason, f.is_free and f.place <= f.slots as is_free,
             -- Each is told a time of its own: all at the same time, all but one would be put aside again.
             case when f.place > f.slots then domain_limit(f.d, domain_horizon(f.d) + (f.place - f.slots) * domain_step(f.d))
                  else f.held_until end as held_until,
             case when f.place > f.slots then 'domain' else f.held_by end as held_by
      from (
        select j.*, row_number() over (partition by j.domain, j.is_free order by j.turn) as place,
               case when not j.is_free or d.domain is null then 2147483647
                    when d.dead_until > clock() then 0
                    else least(2147483647,
                      case when d.pace_count is not null then pace_slots(d.next_at, d.pace_count, d.pace_period) end,
                      case when d.concurrency is not null then greatest(0, floor(d.concurrency)::integer - (
                        select count(*)::integer
                        from messages o
                        join leads n on n.id = o.lead_id
                        where o.deadline is not null and o.status = 'sending' and o.sender_id = sender.id
                          and email_key(split_part(n.email, '@', 2)) = j.domain)) end) end as slots,
               d
        from unnest(judged) with ordinality j (id, domain, skip_reason, held_until, held_by, is_free, turn)
        left join sender_domains d on d.sender_id = sender.id and d.domain = j.domain
          and (d.pace_count is not null or d.concurrency is not null)
      ) f
    ) f;
  end if;
  to_claim := to_claim[1:slots];

  if to_claim <> '{}' then
    if sender.daily_cap is not null or sender.warm_up_start is not null then
      today := (clock() at time zone sender.time_zone)::date;
    end if;
    return query
      with moved as (
        update messages m
        set status = 'sending', claim_id = claim, attempt = m.attempt + 1, held_by = null,
            deadline = clock_timestamp() + lease, charged_on = today
        where m.id = any (to_claim)
          and (m.status = 'pending' and m.not_before is null and m.scheduled_for <= due_until) is true
        returning m.id, m.campaign_id, m.step_number, m.lead_id, m.scheduled_for
      )
      select m.id, null::text, null::text, m.campaign_id, c.name, m.step_number, s.template_id,
             l.id, l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country, l.website,
             l.attributes::text, now_written
      from moved m
      join leads l on l.id = m.lead_id
      join campaigns c on c.id = m.campaign_id
      join campaign_steps s on s.campaign_id = m.campaign_id and s.step_number = m.step_number
      order by m.scheduled_for, m.id;
    get diagnostics claimed = row_count;
  end if;
  if claimed > 0 then
    if today is not null then
      insert into sender_days (sender_id, day, charged) values (sender.id, today, claimed)
      on conflict (sender_id, day) do update set charged = sender_days.charged + excluded.charged;
    end if;
    if sender.pace_count is not null or sender.delay_min is not null then
      update senders s
      set pace_claim = claim,
          pace_next_at = case when s.delay_min is not null
            -- A message that leaves late must not leave right in front of the next one: hence the slack.
            then handed_over_at
                 + greatest(s.delay_min + 2 * pace_slack(), s.delay_min + random() * (s.delay_max - s.delay_min))
            else greatest(s.pace_next_at, handed_over_at - pace_slack())
                 + claimed * pace_step(s.pace_count, s.pace_period) end
      where s.id = sender.id;
    end if;
  end if;
  if has_held then
    update messages m
    set not_before = j.held_until, held_by = j.held_by
    from unnest(judged) j
    where m.id = j.id and j.held_until is not null and (m.status = 'pending' and m.not_before is null) is true;
  end if;
  if is_slow then
    update sender_domains d
    set next_at = case when n.claimed > 0 and d.pace_count is not null
                       then greatest(d.next_at, handed_over_at - pace_slack()) + n.claimed * domain_step(d) else d.next_at end,
        horizon = domain_limit(d, domain_horizon(d) + n.held * domain_step(d))
    from (
      select j.domain, count(m.id) as claimed, count(*) filter (where j.held_by = 'domain') as held
      from unnest(judged) j
      left join messages m on m.id = j.id and m.claim_id = claim and m.status = 'sending'
      group by j.domain
    ) n
    where d.sender_id = sender.id and d.domain = n.domain and (d.pace_count is not null or d.concurrency is not null);
  end if;
  if has_held or has_skips then
    return query
      select j.id, j.skip_reason, j.held_by, m.campaign_id, c.name, m.step_number, s.template_id,
             l.id, l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country, l.website,
             l.attributes::text, now_written
      from unnest(judged) j
      join messages m on m.id = j.id
      join leads l on l.id = m.lead_id
      join campaigns c on c.id = m.campaign_id
      join campaign_steps s on s.campaign_id = m.campaign_id and s.step_number = m.step_number
      where j.skip_reason is not null or j.held_until is not null
      order by m.scheduled_for, m.id;
  end if;
end $$;
