-- claim_messages(): the picked messages become `sending`, for one tick, until their deadline.
-- $1 the claim id, a UUID that the tick made and never uses again; $2 the lease, an interval: the tick's own, so that
-- both mean the same deadline even if the sender has just been changed.
-- Transitions: pending -> sending, and the sender's day and pace are charged, and the campaign's turn with it is noted; pending -> pending with a `not_before`,
-- and the rule that says so in `held_by`; returned too. A message that must never be sent is not moved but returned
-- with its `skip_reason`; the tick settles it as `skipped`.
-- Here are the rules that look at one message: the lead's state, suppressions, the lead's own window, the gap to other
-- campaigns, the receiving domain. Called by a statement of its own behind lock-due-leads: it sees what was committed
-- before the leads were locked. One statement judges and moves, so that each message and each lead is read once; the
-- second time a message is found by its place in the table, which cannot change within a statement's snapshot.
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
  campaign  campaigns;        -- that of all the picked messages
  templates uuid[];           -- of its steps, which are numbered from one
  present   timestamptz := clock();
  written   text := to_char(present, 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000';
  due_until timestamptz;      -- the campaign's clock
  today     date;             -- the day that is charged, where there is a cap
  is_slow   boolean;          -- whether a domain has a pace or has refused, for this sender
  claimed   integer;
  -- Paces count from here and not from when the transaction began: it may have waited for the sender's row, and what it
  -- claims goes out only now.
  handed_over_at timestamptz := present + (clock_timestamp() - now());
begin
  if picked = '{}' then return; end if;
  slots := current_setting('campanile.slots');
  select s.* into sender from messages m join senders s on s.id = m.sender_id where m.id = picked[1];
  select c.* into campaign from messages m join campaigns c on c.id = m.campaign_id where m.id = picked[1];
  select array_agg(s.template_id order by s.step_number) into templates
  from campaign_steps s
  where s.campaign_id = campaign.id;
  due_until := coalesce(campaign.paused_at, present) - campaign.paused_total;
  if sender.daily_cap is not null or sender.warm_up_start is not null then
    today := (present at time zone sender.time_zone)::date;
  end if;
  is_slow := exists (
    select from sender_domains d where d.sender_id = sender.id and (d.pace_count is not null or d.concurrency is not null));

  return query
    with judged as materialized (
      -- The rules that hold for one message whatever else is claimed, in the order in which messages are due.
      -- `offset 0`: each is asked once, and not again by every expression that names its answer.
      select p.place, m.ctid as tid, m.id, m.step_number, l as lead, a.domain, rules.skip_reason,
             case when held.until > present then held.until end as held_until,
             case when held.until > present
                  then case when held.gap_ends_at is null or a.opens_at > held.gap_ends_at then 'window'
                            else 'min_gap' end end as held_by,
             rules.skip_reason is null and coalesce(held.until <= present, true) as is_free
      from unnest(picked) with ordinality p (id, place)
      -- `is true`, here and below: looked for by its id, a message must not be looked for in messages_due, which a planner
      -- that knows nothing of the table takes for as good.
      join messages m
        on m.id = p.id and (m.status = 'pending' and m.not_before is null and m.scheduled_for <= due_until) is true
      join leads l on l.id = m.lead_id
      cross join lateral (
        select case m.channel when 'email' then email_key(l.email) else l.phone end as address,
               case m.channel when 'email' then email_key(split_part(l.email, '@', 2)) end as domain,
               case when campaign.window_zone = 'lead' and l.time_zone is not null
                    then window_opens(present, campaign.window_days, campaign.window_from, campaign.window_to, l.time_zone)
               end as opens_at
        offset 0
      ) a
      cross join lateral (
        select case
          when l.status in ('not_interested', 'converted', 'invalid', 'replied', 'unsubscribed') then 'the lead is ' || l.status
          when a.address is null then 'no address'
          when campaign.window_zone = 'lead' and l.time_zone is null then 'the lead has no time zone'
          when campaign.window_zone = 'lead' and a.opens_at is null then 'the lead''s time zone is not known: ' || l.time_zone
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
            case when l.touched_by is distinct from campaign.id then l.touched_at else l.touched_others_at end
              + campaign.min_gap,
            case when campaign.min_gap > interval '0' then (
              select greatest(max(o.deadline) + (present - now()),
                              case when max(o.deadline) <= clock_timestamp() then present + interval '1 minute' end)
              from messages o
              where o.lead_id = l.id and o.deadline is not null and o.status = 'sending'
                and o.campaign_id <> campaign.id) end) as ends_at
        ) gap
        where rules.skip_reason is null
        offset 0
      ) held on true
    ), limited as (
      select d.*, count(*) filter (where d.is_free) over (order by d.place rows unbounded preceding) as turn
      from (
        select j.* from judged j where not is_slow
        union all
        -- What a receiving domain takes: so many of what is free until now.
        select f.place, f.tid, f.id, f.step_number, f.lead, f.domain, f.skip_reason,
               -- Each is told a time of its own: all at the same time, all but one would be put aside again.
               case when f.nth > f.room then domain_limit(f.d, domain_horizon(f.d) + (f.nth - f.room) * domain_step(f.d))
                    else f.held_until end,
               case when f.nth > f.room then 'domain' else f.held_by end,
               f.is_free and f.nth <= f.room
        from (
          select j.*, row_number() over (partition by j.domain, j.is_free order by j.place) as nth,
                 case when not j.is_free or d.domain is null then 2147483647
                      when d.dead_until > present then 0
                      else least(2147483647,
                        case when d.pace_count is not null then pace_slots(d.next_at, d.pace_count, d.pace_period) end,
                        case when d.concurrency is not null then greatest(0, floor(d.concurrency)::integer - (
                          select count(*)::integer
                          from messages o
                          join leads n on n.id = o.lead_id
                          where o.deadline is not null and o.status = 'sending' and o.sender_id = sender.id
                            and email_key(split_part(n.email, '@', 2)) = j.domain)) end) end as room,
                 d
          from judged j
          left join sender_domains d on d.sender_id = sender.id and d.domain = j.domain
            and (d.pace_count is not null or d.concurrency is not null)
          where is_slow
        ) f
      ) d
    ), moved as (
      update messages m
      set status = case when j.is_free then 'sending' else 'pending' end,
          claim_id = case when j.is_free then claim else m.claim_id end,
          attempt = m.attempt + j.is_free::integer,
          deadline = case when j.is_free then clock_timestamp() + lease else m.deadline end,
          charged_on = case when j.is_free then today else m.charged_on end,
          not_before = j.held_until,
          held_by = j.held_by
      from limited j
      where (j.is_free and j.turn <= slots or j.held_until is not null) and m.ctid = j.tid and m.id = j.id
        and (m.status = 'pending' and m.not_before is null and m.scheduled_for <= due_until) is true
      returning m.id, m.step_number, null::text as skip_reason, j.held_by, j.lead
    )
    select a.id, a.skip_reason, a.held_by, campaign.id, campaign.name, a.step_number, templates[a.step_number],
           (a.lead).id, (a.lead).email, (a.lead).phone, (a.lead).first_name, (a.lead).contact_name, (a.lead).company_name,
           (a.lead).industry, (a.lead).city, (a.lead).country, (a.lead).website, (a.lead).attributes::text, written
    from (
      select m.id, m.step_number, m.skip_reason, m.held_by, m.lead from moved m
      union all
      select j.id, j.step_number, j.skip_reason, null, j.lead from limited j where j.skip_reason is not null
    ) a;

  if today is not null or sender.pace_count is not null or sender.delay_min is not null or sender.trouble is not null then
    select count(*) into claimed from messages m where m.id = any (picked) and (m.status = 'sending' and m.claim_id = claim) is true;
    if claimed > 0 and today is not null then
      insert into sender_days (sender_id, day, charged) values (sender.id, today, claimed)
      on conflict (sender_id, day) do update set charged = sender_days.charged + excluded.charged;
    end if;
    if claimed > 0 then
      insert into campaign_turns (campaign_id, sender_id, served_at) values (campaign.id, sender.id, handed_over_at)
      on conflict (campaign_id, sender_id) do update set served_at = excluded.served_at;
    end if;
    if claimed > 0 and (sender.pace_count is not null or sender.delay_min is not null) then
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
  if is_slow then
    update sender_domains d
    set next_at = case when n.claimed > 0 and d.pace_count is not null
                       then greatest(d.next_at, handed_over_at - pace_slack()) + n.claimed * domain_step(d) else d.next_at end,
        horizon = domain_limit(d, domain_horizon(d) + n.held * domain_step(d))
    from (
      select email_key(split_part(l.email, '@', 2)) as domain,
             count(*) filter (where m.status = 'sending' and m.claim_id = claim) as claimed,
             count(*) filter (where m.status = 'pending' and m.held_by = 'domain') as held
      from messages m
      join leads l on l.id = m.lead_id
      where m.id = any (picked) and m.channel = 'email'
      group by 1
    ) n
    where d.sender_id = sender.id and d.domain = n.domain and (d.pace_count is not null or d.concurrency is not null);
  end if;
end $$;
