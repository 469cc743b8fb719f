-- lock_due_leads(): locks the sender where it has a rule that counts, picks messages of a campaign that are due, and
-- locks their leads.
-- $1 the campaign, $2 the sender, $3 the most messages to claim, $4 how many to look at at least: those that turn out
-- to be held back by a rule are put aside many at a time. $5 and $6 the time and id of the message behind which to look,
-- or null: a tick goes on where its last claim has ended, because what that has claimed stays in the index for as long as
-- somebody holds an old snapshot, and would be read again by every claim. Returned as `last_time` and `last_id`.
-- Runs behind try-barrier: picks nothing unless the barrier was granted and the campaign is running, and its window
-- open, *now*; and no more than the sender's caps and pace have room for. `wait` is the seconds until there is room
-- again, null where there is or where it takes longer than any tick (a cap, a window). `probes`: the sender is in trouble.
-- One message per lead comes by itself: a step waits (not_before = infinity) until the step before it has settled.
-- The lead's lock is the message's as well: whoever moves a message from `pending` to `sending` has it, and what was
-- moved between this statement's snapshot and its lock is no longer pending for the next statement. A lock on the
-- message itself would be one more write for each.
-- Two at once: each picks other messages; leads that another claim or settlement holds are passed over until the next
-- claim. Only of a sender with a rule that counts (a pace, a cap, a domain with one) the second waits, and its later
-- statements, of which each has a snapshot of its own, see what the first one charged. Claims of a sender that is not
-- limited run side by side.
-- A crash: released with the transaction. The picked ids stay in a local setting for claim_messages().
create or replace function lock_due_leads(
    campaign uuid, sender uuid, most integer, scan integer, after_times timestamptz[], after_ids bigint[])
  returns table (picked integer, slots integer, wait double precision, probes boolean, last_times timestamptz[], last_ids bigint[])
  language plpgsql
  set plan_cache_mode = force_generic_plan
  -- Where a table has no statistics yet, or old ones, nothing but the order of messages_due may be believed.
  set enable_seqscan = off
  set enable_bitmapscan = off
  set enable_sort = off
  set enable_hashjoin = off
  set enable_mergejoin = off
  as $$
declare
  room         record;
  is_locked    boolean;
  campaign_now timestamptz;
  kinds        integer[];
  ids          bigint[] := '{}';
  kind         integer;   -- 1 first steps, 2 follow-ups
  some_ids     bigint[];
  some_time    timestamptz;
begin
  perform set_config('campanile.picked', '{}', true);
  picked := 0;

  perform from senders s
  where s.id = $2
    and (s.pace_count is not null or s.delay_min is not null or s.daily_cap is not null or s.warm_up_start is not null
         or s.trouble is not null
         or exists (select from sender_domains d
                    where d.sender_id = s.id and (d.pace_count is not null or d.concurrency is not null)))
  for no key update of s;
  is_locked := found;
  loop
    select r.slots, r.rule, r.opens_at, s.trouble is not null as probes into room
    from senders s
    cross join lateral sender_room(s) r
    where s.id = $2;
    -- In trouble since that statement looked: two probes would be out at once.
    exit when is_locked or not room.probes;
    perform from senders s where s.id = $2 for no key update of s;
    is_locked := true;
  end loop;
  slots := least(most, room.slots);
  probes := room.probes;
  if room.rule in ('pace', 'provider') then wait := greatest(0, extract(epoch from room.opens_at - clock())); end if;

  select coalesce(c.paused_at, clock()) - c.paused_total,
         case when c.send_order = 'follow_ups_first' then '{2,1}'::integer[] else '{1,2}' end
  into campaign_now, kinds
  from campaigns c
  where c.id = $1 and c.status = 'running' and current_setting('campanile.barrier') = 'true' and campaign_opens(c) <= clock();
  if not found or slots = 0 then
    return next;
    return;
  end if;

  last_times := '{null,null}';
  last_ids := '{null,null}';
  if probes then
    -- Who has waited longest: what was refused goes behind the others, and of these few it would be the first again.
    select array_agg(k.kind order by first.scheduled_for, k.nth) into kinds
    from unnest(kinds) with ordinality k (kind, nth)
    cross join lateral (
      select (
        select m.scheduled_for
        from messages m
        where m.campaign_id = $1 and m.sender_id = $2 and m.status = 'pending' and m.not_before is null
          and (m.step_number > 1) = (k.kind = 2)
        order by m.scheduled_for, m.id
        limit 1) as scheduled_for
    ) first;
  end if;
  foreach kind in array kinds loop
    exit when picked >= greatest(slots, scan);
    select array_agg(d.id), max(d.scheduled_for) into some_ids, some_time
    from (
      select m.id, m.scheduled_for
      from messages m
      join leads l on l.id = m.lead_id
      where m.campaign_id = $1 and m.sender_id = $2 and m.status = 'pending' and m.not_before is null
        and (m.step_number > 1) = (kind = 2) and m.scheduled_for <= campaign_now
        and (m.scheduled_for, m.id) > (coalesce(after_times[kind], '-infinity'), coalesce(after_ids[kind], 0))
      order by m.scheduled_for, m.id
      limit greatest(slots, scan) - picked
      for no key update of l skip locked
    ) d;
    if some_ids is not null then
      ids := ids || some_ids;
      last_times[kind] := some_time;
      last_ids[kind] := some_ids[cardinality(some_ids)];   -- in the order of the index
    end if;
    picked := cardinality(ids);
  end loop;

  perform set_config('campanile.picked', ids::text, true), set_config('campanile.slots', slots::text, true);
  return next;
end $$;
