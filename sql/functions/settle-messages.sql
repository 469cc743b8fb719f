-- settle_messages(): records what happened to claimed messages, and everything that follows from it.
-- $1 messages, $2 their claim ids (null: it is pending, to be skipped, or what was held against it is believed now),
-- $3 outcomes (accepted, deferred, refused, unknown, held, returned, skipped), $4 the transport's names of the messages,
-- $5 reasons, $6 what a refusal is about (address: it does not exist; domain: it takes no more for now; null: this message),
-- $7 for how many milliseconds a held one is put aside, $8 what it will be when its refusal is believed (refused, deferred,
-- or null: it is only tried again), $9 what makes that refusal alike to others,
-- $10 how often in a row it was held for that, $11 since when, in seconds since 1970 (null: now); arrays of one length.
-- Transitions: sending -> sent | failed | pending | unknown (cancelled, in a cancelled campaign, instead of pending);
-- pending -> skipped | failed | pending with a retry. While an earlier attempt is unaccounted for, unknown instead of failed, cancelled or skipped. The
-- step behind a settled one is let go, or skipped when this one failed; the lead, the counters, the campaign and its
-- batches move along.
-- `accepted` sent. `refused` failed, or unknown while an earlier attempt is unaccounted for. `deferred` pending again
-- after the campaign's delay, or failed when its retries are used up. `returned`, nothing was handed over: pending, the
-- attempt given back. `held` the same, with a `not_before` of its own and a row in held_refusals. What is given back goes
-- behind the others that are due, so that no message stands in front of them again and again; but for one that was held for
-- the first time by a refusal for now: of a server that refuses each recipient once, it is the one that gets through.
-- `unknown` stays unknown, or, where the campaign says resend and retries are left, becomes pending
-- behind the old deadline. Only a definite outcome clears the deadline.
-- A message that is given back or deferred gives its place in the sender's cap back, and one that was given back its slot
-- in the pace, if no later claim has taken one since. One with a doubt that may fail it keeps its place: if it is believed, it
-- was an attempt of that day, and has failed when it was refused. An address that does not exist is suppressed. A domain that takes
-- no more gets fewer messages at once, as Postfix's destination concurrency does: one less for a refusal, one more
-- for as many acceptances as it has; refused below one, none for five minutes.
-- Two at once, and one sent again: a message is moved only while it is `sending` under its claim id, so the second
-- moves nothing and returns nothing; what it knows goes to settle-late-outcome. A crash: all of it or nothing.
create or replace function settle_messages(
    messages bigint[], claims uuid[], outcomes text[], provider_ids text[], reasons text[], about text[],
    hold_for integer[], doubts text[], fingerprints text[], times integer[], since text[])
  returns table (
    id bigint, becomes text, campaign_id uuid, campaign text, campaign_status text, has_completed boolean)
  language plpgsql
  set plan_cache_mode = force_generic_plan
  -- Where a table has no statistics yet, or old ones: the given messages first, and from there on by keys.
  set join_collapse_limit = 1
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_hashagg = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  as $$
#variable_conflict use_column
declare
  present timestamptz := clock();   -- once: it is asked for several times for each message
  moved   moved_message[];    -- each message that was moved, as the other parts of the settlement need it
  dropped moved_message[];    -- steps behind one that failed
  -- What happened at all: a statement that has nothing to do costs as much as one for a message.
  is_unknown    boolean;
  is_contact    boolean;
  is_given_back boolean;
  has_failed    boolean;
  has_subject   boolean;
  has_next      boolean;
  is_held       boolean;
begin
  perform lock_for_settlement(messages, 'returned' = any (outcomes));

  with verdict as materialized (
    select m.ctid as tid, m.id, m.status as was, r.claim_id, r.outcome, r.provider_id, r.reason, r.about,
           coalesce(c.paused_at, present) - c.paused_total as campaign_now, c.retry_after, c.spacing_tolerance,
           m.charged_on, r.hold_for * interval '1 millisecond' as hold_for, believed.attempts,
           r.outcome in ('returned', 'deferred') or r.outcome = 'held' and r.doubt is distinct from 'refused' as frees_place,
           case when r.claim_id is null then (select h.at from held_refusals h where h.message_id = m.id) end as refused_at,
           -- What goes behind the others: see above.
           r.outcome = 'returned' or r.outcome = 'held' and (r.doubt is distinct from 'deferred'
             or exists (select from held_refusals h where h.message_id = m.id)) as goes_behind,
           m.step_number > 1 and r.outcome not in ('accepted', 'skipped') and exists (
             select from messages e
             where e.campaign_id = m.campaign_id and e.lead_id = m.lead_id and e.step_number < m.step_number
               and e.status in ('pending', 'sending')) as waits,
           case r.outcome
             when 'accepted' then 'sent'
             when 'skipped' then case when is_unaccounted(m.id) then 'unknown' else 'skipped' end
             when 'returned' then again.status
             when 'held' then again.status
             when 'deferred' then case when m.attempt + believed.attempts <= c.retry_times then again.status else refused.status end
             when 'refused' then refused.status
             when 'unknown' then case when c.on_unknown = 'resend' and m.attempt <= c.retry_times
                                        and c.status <> 'cancelled' then 'pending' else 'unknown' end
           end as becomes
    from unnest($1, $2, $3, $4, $5, $6, $7, $8) as r (message_id, claim_id, outcome, provider_id, reason, about, hold_for, doubt)
    join messages m on m.id = r.message_id
      and case when r.outcome = 'skipped' then m.status = 'pending'
               -- The doubt is the fence: whoever settles it first takes it away.
               when r.claim_id is null then m.status = 'pending' and exists (
                 select from held_refusals h where h.message_id = m.id and h.doubt = r.outcome)
               else m.status = 'sending' and m.claim_id = r.claim_id end
    join campaigns c on c.id = m.campaign_id
    cross join lateral (
      select case when c.status <> 'cancelled' then 'pending' when is_unaccounted(m.id) then 'unknown'
                  else 'cancelled' end as status
    ) again
    cross join lateral (select case when is_unaccounted(m.id) then 'unknown' else 'failed' end as status) refused
    -- The attempt was given back when it was held, and was one after all.
    cross join lateral (select (r.claim_id is null and r.outcome <> 'skipped')::integer as attempts) believed
  ), changed as (
    update messages m
    set status = v.becomes,
        sent_at = case when v.becomes = 'sent' then present end,
        times_accepted = case when v.becomes = 'sent' then 1 else 0 end,
        failed_at = case when v.becomes = 'failed' then coalesce(v.refused_at, present) end,
        unknown_since = case when v.becomes = 'unknown' then present end,
        skip_reason = case when v.becomes = 'skipped' then v.reason end,
        failure_reason = case when v.outcome in ('deferred', 'refused', 'unknown', 'held') then v.reason
                              when v.becomes = 'unknown' then coalesce(m.failure_reason, 'an attempt is unaccounted for')
                              when v.outcome = 'returned' then m.failure_reason end,
        provider_id = v.provider_id,
        attempt = m.attempt + v.attempts - (v.outcome in ('returned', 'held'))::int,
        scheduled_for = case when v.outcome = 'deferred' and v.becomes = 'pending' then v.campaign_now + v.retry_after
                             when v.goes_behind and v.becomes = 'pending' then greatest(m.scheduled_for, v.campaign_now)
                             else m.scheduled_for end,
        -- A resend waits for the old deadline; deadlines are true time, not_before is the product's clock.
        -- An earlier step may have been sent again meanwhile: it goes first.
        not_before = case when v.becomes <> 'pending' then null when v.waits then 'infinity'
                          when v.outcome = 'unknown' then m.deadline + (present - now())
                          when v.outcome = 'held' then present + v.hold_for end,
        held_by = case when v.becomes <> 'pending' or v.waits then null
                       when v.outcome = 'unknown' then 'deadline' when v.outcome = 'held' then 'provider' end,
        charged_on = case when not v.frees_place then m.charged_on end,
        deadline = case when (v.outcome in ('unknown', 'skipped') or v.claim_id is null) and m.deadline > clock_timestamp() then m.deadline end
    from verdict v
    where m.ctid = v.tid and m.id = v.id and m.status = v.was
      and m.claim_id is not distinct from coalesce(v.claim_id, m.claim_id)
    returning m.id, m.campaign_id, m.lead_id, m.sender_id, m.step_number, m.channel, v.was, v.becomes, v.outcome,
              v.claim_id, v.campaign_now, v.spacing_tolerance, case when v.frees_place then v.charged_on end as charged_on, v.about
  )
  select array_agg(row(c.id, c.campaign_id, c.lead_id, c.sender_id, c.step_number, c.channel, c.was, c.becomes, c.outcome,
                       c.claim_id, c.campaign_now, c.spacing_tolerance, c.charged_on, c.about)::moved_message),
         bool_or(c.outcome = 'unknown'), bool_or(c.outcome in ('accepted', 'unknown')),
         bool_or(c.outcome in ('returned', 'deferred', 'held')), bool_or(c.outcome = 'held'), bool_or(c.becomes = 'failed'), bool_or(c.about is not null),
         bool_or(c.becomes in ('sent', 'unknown', 'skipped') and exists (
           select from campaign_steps s where s.campaign_id = c.campaign_id and s.step_number > c.step_number))
  into moved, is_unknown, is_contact, is_given_back, is_held, has_failed, has_subject, has_next
  from changed c;
  if moved is null then return; end if;

  if is_held then
    insert into held_refusals as h (message_id, sender_id, times, doubt, about, fingerprint, since, at)
    select m.id, m.sender_id, r.times, r.doubt, r.about, r.fingerprint, coalesce(to_timestamp(r.since::float8), present), present
    from unnest(moved) m
    join unnest($1, $3, $6, $8, $9, $10, $11) as r (message_id, outcome, about, doubt, fingerprint, times, since)
      on r.message_id = m.id and r.outcome = 'held'
    where m.outcome = 'held' and m.becomes = 'pending'
    on conflict (message_id) do update
    set times = excluded.times, since = excluded.since, doubt = excluded.doubt, about = excluded.about, fingerprint = excluded.fingerprint,
        at = excluded.at;
  end if;

  if is_unknown then
    insert into unknown_attempts (message_id, claim_id, since)
    select m.id, m.claim_id, present from unnest(moved) m where m.outcome = 'unknown'
    on conflict do nothing;
  end if;

  if has_next then
    -- Never sooner than the step's delay after the step before it really went out, less the tolerance.
    update messages n
    set not_before = case when n.deadline > clock_timestamp() then n.deadline + (present - now()) end,
        held_by = case when n.deadline > clock_timestamp() then 'deadline' end,
        scheduled_for = case when m.becomes = 'skipped' then n.scheduled_for
                             else greatest(n.scheduled_for, m.campaign_now - m.spacing_tolerance
                                                            + make_interval(days => next.day - this.day)) end
    from unnest(moved) m
    join campaign_steps this on this.campaign_id = m.campaign_id and this.step_number = m.step_number
    cross join lateral (
      select x.id, s.day
      from messages x
      join campaign_steps s on s.campaign_id = x.campaign_id and s.step_number = x.step_number
      where x.campaign_id = m.campaign_id and x.lead_id = m.lead_id and x.step_number > m.step_number
        and x.status = 'pending'
      order by x.step_number
      limit 1
    ) next
    where m.becomes in ('sent', 'unknown', 'skipped') and n.id = next.id and n.status = 'pending';
  end if;

  if has_failed then
    with changed as (
      update messages n
      set status = f.becomes, not_before = null, held_by = null,
          skip_reason = case when f.becomes = 'skipped' then 'step ' || f.failed_step || ' failed' end,
          unknown_since = case when f.becomes = 'unknown' then present end,
          failure_reason = case when f.becomes = 'unknown' then coalesce(n.failure_reason, 'an attempt is unaccounted for')
                                else n.failure_reason end
      from (
        select x.id, m.step_number as failed_step, case when is_unaccounted(x.id) then 'unknown' else 'skipped' end as becomes
        from unnest(moved) m
        join messages x on x.campaign_id = m.campaign_id and x.lead_id = m.lead_id and x.step_number > m.step_number
          and x.status = 'pending'
        where m.becomes = 'failed'
      ) f
      where n.id = f.id and n.status = 'pending'
      returning row(n.id, n.campaign_id, n.lead_id, n.sender_id, n.step_number, n.channel, 'pending', f.becomes, null,
                    null, null, null, null, null)::moved_message as message
    )
    select array_agg(c.message) into dropped from changed c;
  end if;

  -- Nearly always there is none. Also of the dropped: they can come back.
  if exists (select from held_refusals) then
    delete from held_refusals h
    using unnest(moved || dropped) m
    where h.message_id = m.id and coalesce(m.outcome, 'dropped') not in ('held', 'returned');
  end if;

  if is_contact then
    -- In the order of the leads, because the groups are sorted (no hash) and looked up one by one.
    update leads l
    -- A step that was sent again does not take the lead back to it.
    set status = case when s.accepted > 0 and s.step_number = 1 and l.status = 'new' then 'contacted'
                      when s.accepted > 0 and (l.status in ('new', 'contacted') or l.status like 'follow\_up\_%')
                        and s.step_number - 1 > coalesce(substring(l.status from 'follow_up_(.*)')::integer, 0)
                      then 'follow_up_' || s.step_number - 1 else l.status end,
        emails_sent = l.emails_sent + s.emails,
        messages_sent = l.messages_sent + s.accepted - s.emails,
        last_contacted_at = case when s.accepted > 0 then present else l.last_contacted_at end,
        -- Of unknown fate counts as a contact, for the gap to other campaigns.
        touched_others_at = case when s.campaigns[1] <> any (s.campaigns) then present
                                 when l.touched_by is distinct from s.campaigns[1] then l.touched_at
                                 else l.touched_others_at end,
        touched_by = s.campaigns[1],
        touched_at = present,
        updated_at = present
    from (
      select m.lead_id, count(*) filter (where m.becomes = 'sent') as accepted,
             count(*) filter (where m.becomes = 'sent' and m.channel = 'email') as emails,
             array_agg(m.campaign_id) as campaigns,
             max(m.step_number) filter (where m.becomes = 'sent') as step_number
      from unnest(moved) m
      where m.outcome in ('accepted', 'unknown')
      group by m.lead_id
      order by m.lead_id
    ) s
    where l.id = s.lead_id;
  end if;

  if is_given_back then
    update sender_days d
    set charged = greatest(0, d.charged - n.given_back)   -- the time zone, and so the day, may have changed since
    from (
      select m.sender_id, m.charged_on, count(*) as given_back
      from unnest(moved) m
      where m.outcome in ('returned', 'deferred', 'held') and m.charged_on is not null
      group by m.sender_id, m.charged_on
    ) n
    where d.sender_id = n.sender_id and d.day = n.charged_on;

    update senders s
    set pace_next_at = case when s.delay_min is not null then least(s.pace_next_at, present)
                            else s.pace_next_at - n.given_back * pace_step(s.pace_count, s.pace_period) end
    from (
      select m.sender_id, m.claim_id, count(*) as given_back
      from unnest(moved) m
      where m.outcome = 'returned'
      group by m.sender_id, m.claim_id
    ) n
    where s.id = n.sender_id and s.pace_claim = n.claim_id and (s.delay_min is not null or s.pace_count is not null);
  end if;

  if has_subject then
    insert into suppressions (value, channel, reason, source)
    select email_key(l.email), m.channel, 'the address does not exist', 'refusal'
    from unnest(moved) m
    join leads l on l.id = m.lead_id
    where m.about = 'address' and m.outcome = 'refused' and m.channel = 'email' and l.email is not null
    order by 1
    on conflict do nothing;

    -- A domain that takes nothing from us rests: so long, and twice as long each time that it has not helped.
    insert into sender_domains as d (sender_id, domain, concurrency, dead_until, rests)
    select distinct m.sender_id, email_key(split_part(l.email, '@', 2)), 1, present + interval '5 minutes', 1
    from unnest(moved) m
    join leads l on l.id = m.lead_id
    where m.about = 'domain' and m.outcome = 'held' and m.channel = 'email'
    order by 1, 2
    on conflict (sender_id, domain) do update
    set concurrency = 1,
        dead_until = case when d.dead_until > present then d.dead_until
                          else present + least(interval '4 hours', interval '5 minutes' * 2 ^ least(d.rests, 10)) end,
        rests = case when d.dead_until > present then d.rests else d.rests + 1 end;

    insert into sender_domains as d (sender_id, domain, concurrency)
    select n.sender_id, n.domain, greatest(1, n.at_once - 1)
    from (
      select r.sender_id, r.domain, r.refused + (
          select count(*)
          from messages f
          join leads g on g.id = f.lead_id
          where f.deadline is not null and f.status = 'sending' and f.sender_id = r.sender_id
            and email_key(split_part(g.email, '@', 2)) = r.domain) as at_once
      from (
        select m.sender_id, email_key(split_part(l.email, '@', 2)) as domain, count(*) as refused
        from unnest(moved) m
        join leads l on l.id = m.lead_id
        where m.about = 'domain' and m.outcome <> 'held' and m.channel = 'email'
        group by 1, 2
      ) r
      order by r.sender_id, r.domain
    ) n
    on conflict (sender_id, domain) do update
    set concurrency = greatest(1, coalesce(d.concurrency, excluded.concurrency + 1) - 1),
        dead_until = case when coalesce(d.concurrency, excluded.concurrency + 1) - 1 < 1
                          then present + interval '5 minutes' else d.dead_until end;
  end if;
  if exists (
    select from sender_domains x
    where x.concurrency is not null and x.sender_id in (select m.sender_id from unnest(moved) m where m.outcome = 'accepted')
  ) then
    update sender_domains d
    -- Above what Postfix would open to one destination there is nothing left to learn.
    set concurrency = case when d.concurrency + n.accepted / d.concurrency <= 20
                           then d.concurrency + n.accepted / d.concurrency end,
        dead_until = null, rests = 0
    from (
      select m.sender_id, email_key(split_part(l.email, '@', 2)) as domain, count(*) as accepted
      from unnest(moved) m
      join leads l on l.id = m.lead_id
      where m.outcome = 'accepted' and m.channel = 'email'
      group by 1, 2
    ) n
    where d.sender_id = n.sender_id and d.domain = n.domain and d.concurrency is not null;
  end if;

  return query
    with counted as materialized (
      select c.*
      from (
        select array_agg(a.campaign_id) as campaigns, array_agg(a.step_number) as steps, array_agg(a.was) as was,
               array_agg(a.becomes) as becomes
        from unnest(moved || dropped) a
      ) a
      cross join lateral count_moves(a.campaigns, a.steps, a.was, a.becomes) c
    )
    select m.id, m.becomes, c.campaign_id, c.name, c.status, c.has_completed
    from unnest(moved) m
    join counted c on c.campaign_id = m.campaign_id;
end $$;
