-- Rules of sending (DESIGN §5): pace, caps, warm-up, windows, gaps, suppressions, health, scheduled start.
-- Each rule is one function here or one expression in claim-messages; sql/README.md has a line for each.

alter table senders
  add column time_zone      text,                        -- in which its days begin and end
  add column pace_count     integer check (pace_count between 1 and 100000),
  add column pace_period    interval check (pace_period in ('1 second', '1 minute', '1 hour')),
  add column delay_min      interval,                    -- instead: a random time between two messages
  add column delay_max      interval,
  add column daily_cap      integer check (daily_cap >= 1),
  add column warm_up_start  integer check (warm_up_start >= 1),
  add column warm_up_factor numeric check (warm_up_factor between 1 and 100),
  -- The state of the pace: before this instant nothing is claimed, and which claim took the last slots.
  add column pace_next_at   timestamptz,
  add column pace_claim     uuid,
  add constraint senders_pace check ((pace_count is null) = (pace_period is null) and (pace_count is null or delay_min is null)),
  add constraint senders_delay check ((delay_min is null) = (delay_max is null) and delay_min >= interval '0' and delay_max >= delay_min),
  add constraint senders_warm_up check ((warm_up_start is null) = (warm_up_factor is null)),
  add constraint senders_days check (time_zone is not null or (daily_cap is null and warm_up_start is null));

-- What a sender with a cap has claimed on a day of its time zone.
create table sender_days (
  sender_id uuid not null references senders,
  day       date not null,
  charged   integer not null,
  primary key (sender_id, day)
);

-- What a receiving domain takes from a sender: a pace that somebody has set, or a concurrency that its refusals taught.
create table sender_domains (
  sender_id   uuid not null references senders,
  domain      text not null check (domain = lower(domain)),
  pace_count  integer check (pace_count between 1 and 100000),
  pace_period interval check (pace_period in ('1 second', '1 minute', '1 hour')),
  next_at     timestamptz,              -- before this instant nothing is claimed for it
  horizon     timestamptz,              -- until when messages that wait for a slot have been given one
  concurrency real,                     -- the most that are out at once; null: nothing was learnt
  dead_until  timestamptz,              -- its concurrency fell to nothing: no message before this instant
  primary key (sender_id, domain),
  constraint sender_domains_pace check ((pace_count is null) = (pace_period is null))
);

-- Room for a second version of each lead, so that a settlement writes no new entries into the indexes: the leads of a page
-- are mostly sent to one behind the other, and change together. Without room their new versions would make the table as
-- large, and the indexes twice.
alter table leads set (fillfactor = 45);
alter table leads
  add column time_zone         text,
  -- The last contact, and the last one by another campaign than that: enough to know, for any campaign, when another
  -- one was there last. An attempt of unknown fate counts.
  add column touched_by        uuid,
  add column touched_at        timestamptz,
  add column touched_others_at timestamptz;

-- An import joins what it has just made or matched, in the same transaction; to look each up once more took a third of an
-- import of a million rows. Nothing deletes leads or batches; a join without one of them means nothing.
alter table batch_leads
  drop constraint batch_leads_lead_id_fkey,
  drop constraint batch_leads_batch_id_fkey;

alter table campaigns
  add column window_days        integer[] check (window_days <@ '{1,2,3,4,5,6,7}' and cardinality(window_days) > 0),  -- ISO: 1 is Monday
  add column window_from        time,
  add column window_to          time,                    -- 24:00 is the end of the day; before window_from: on the next day
  add column window_zone        text,                    -- or 'lead': each lead's own
  add column min_gap            interval not null default '24 hours' check (min_gap >= interval '0'),
  add column scheduled_start_at timestamptz,
  add column start_type         text generated always as (case when scheduled_start_at is null then 'immediate' else 'scheduled' end) stored,
  add column start_trouble      text,                    -- why it could not be started at its time
  -- What had settled when the campaign was last resumed: its health is counted from there.
  add column health_settled     bigint not null default 0,
  add column health_failed      bigint not null default 0,
  add constraint campaigns_window check (
    num_nulls(window_days, window_from, window_to, window_zone) in (0, 4) and window_from <> window_to);
create index campaigns_scheduled on campaigns (scheduled_start_at) where status = 'scheduled';

alter table messages
  add column charged_on date,           -- the day of the sender whose cap it counts for
  add column held_by    text;           -- the rule that set not_before
-- What waits for an instant of real time, campaign by campaign.
drop index messages_held;
create index messages_held on messages (campaign_id, not_before)
  where status = 'pending' and not_before < 'infinity';
-- What is or may be with a transport. It is short, so that recovery and pause read it whole; a claim asks it for a lead.
drop index messages_in_flight;
create index messages_in_flight on messages (lead_id) where deadline is not null;
-- What a campaign that fails by its health asks for its commonest reason; few, where all is well.
create index messages_failed on messages (campaign_id) where status = 'failed';

-- Who must not be contacted: an address (or phone), or a whole domain.
create table suppressions (
  value      text not null,             -- as email_key() has it
  channel    text not null check (channel in ('all', 'email', 'whatsapp', 'voice')),
  reason     text not null,
  source     text not null,             -- who said so: a program's name, or `refusal`
  created_at timestamptz not null default clock(),
  primary key (value, channel)
);

-- What settle_messages() has moved, from one of its statements to the next.
create type moved_message as (
  id bigint, campaign_id uuid, lead_id uuid, sender_id uuid, step_number integer, channel text, was text, becomes text,
  outcome text, claim_id uuid, campaign_now timestamptz, spacing_tolerance interval, charged_on date, about text);

-- Whether some attempt of a message may have left and nobody knows: such a message is `unknown` where another would be
-- cancelled, skipped or failed, because those say that it was not sent.
create function is_unaccounted(message bigint) returns boolean
  language sql stable
  as $$ select exists (select from unknown_attempts u where u.message_id = message and u.late_outcome is null) $$;

-- How much earlier than its slot a message may be claimed when the one before it was late: what a tick needs to come
-- round, so that a fast pace is reached. The step of a pace makes up for it, so that no period ever has more than its
-- number, not even as seen by a server that takes one message 50 ms faster than another.
create function pace_slack() returns interval language sql immutable parallel safe
  as $$ select interval '50 milliseconds' $$;
create function pace_step(pace_count integer, pace_period interval) returns interval
  language sql immutable parallel safe
  as $$ select (pace_period + 2 * pace_slack()) / pace_count $$;
-- How many slots there are now, if the next one was to be at `next_at`. Those that were lost are not made up for.
create function pace_slots(next_at timestamptz, pace_count integer, pace_period interval) returns integer
  language sql stable parallel safe
  as $$
    select case when next_at > clock() then 0
                else 1 + floor(extract(epoch from clock() - greatest(next_at, clock() - pace_slack()))
                               / extract(epoch from pace_step(pace_count, pace_period)))::integer end
  $$;

-- Messages that wait for their domain are told times one step apart, from the horizon on; where there is no pace, one a
-- second for each that may be out.
create function domain_step(d sender_domains) returns interval language sql immutable
  as $$ select coalesce(pace_step(d.pace_count, d.pace_period), interval '1 second' / greatest(1, d.concurrency)) $$;
-- Without a pace no time lies further ahead than a quarter of an hour: by then the domain may take more than it does now.
create function domain_limit(d sender_domains, at timestamptz) returns timestamptz language sql stable
  as $$ select case when d.pace_count is null then least(at, greatest(d.dead_until, clock()) + interval '15 minutes') else at end $$;
create function domain_horizon(d sender_domains) returns timestamptz language sql stable
  as $$ select greatest(d.next_at, d.horizon, d.dead_until, clock()) $$;

-- The cap of a sender on a day of its time zone: the daily cap, and, while it warms up, start * factor for every day
-- before on which it sent. Null is no cap.
create function sender_cap(s senders, today date) returns integer
  language sql stable
  as $$
    select least(s.daily_cap, case when s.warm_up_start is not null then (
      select case when d.days * ln(s.warm_up_factor) > 20 then 2147483647   -- more than anybody sends
                  else least(floor(s.warm_up_start * s.warm_up_factor ^ d.days), 2147483647)::integer end
      from (select count(*) as days from sender_days d
            where d.sender_id = s.id and d.day < today and d.charged > 0) d) end)
  $$;

-- How many messages a sender may begin now, by its caps and its pace; when there are none, why and until when.
create function sender_room(s senders, out slots integer, out opens_at timestamptz, out rule text)
  language plpgsql stable
  as $$
declare
  today date;
  cap   integer;
begin
  slots := 2147483647;
  if s.daily_cap is not null or s.warm_up_start is not null then
    today := (clock() at time zone s.time_zone)::date;
    cap := sender_cap(s, today);
    slots := greatest(0, cap - coalesce((select d.charged from sender_days d where d.sender_id = s.id and d.day = today), 0));
    if slots = 0 then
      opens_at := (today + 1)::timestamp at time zone s.time_zone;
      rule := case when cap < s.daily_cap or s.daily_cap is null then 'warm_up' else 'daily_cap' end;
      return;
    end if;
  end if;
  if s.delay_min is not null then
    slots := case when s.pace_next_at > clock() then 0 else 1 end;
  elsif s.pace_count is not null then
    slots := least(slots, pace_slots(s.pace_next_at, s.pace_count, s.pace_period));
  end if;
  if slots = 0 then
    opens_at := s.pace_next_at;
    rule := 'pace';
  end if;
end $$;

-- Whether a name is one of the time zone database; POSIX rules and abbreviations, which PostgreSQL takes too, are not.
create function unknown_time_zones(names text[]) returns setof text
  language sql stable
  as $$
    select n.name from unnest(names) as n (name)
    where not exists (select from pg_timezone_names z where lower(z.name) = lower(n.name))
  $$;

-- The first instant, not before `at`, at which a window is open; null where the zone is not known. A time that the
-- clocks show twice is open both times, and one that they skip is open from where they go on.
create function window_opens(at timestamptz, days integer[], opens time, closes time, zone text) returns timestamptz
  language plpgsql stable
  as $$
declare
  begins    timestamptz;
  ends      timestamptz;
  was       interval;    -- how far its clocks are ahead of UTC, at both ends of 24 hours
  becomes   interval;
  candidate timestamptz;
begin
  if in_window(at, days, opens, closes, zone) then return at; end if;
  -- A weekly window whose day is skipped (Pacific/Apia, 2011) opens after fourteen days.
  for n in 0..15 loop
    begins := at + n * interval '24 hours';
    ends := begins + interval '24 hours';
    was := (begins at time zone zone) - (begins at time zone 'UTC');
    becomes := (ends at time zone zone) - (ends at time zone 'UTC');
    if was = becomes then
      for d in 0..1 loop
        candidate := ((begins at time zone zone)::date + d + opens - was) at time zone 'UTC';
        if candidate >= begins and candidate < ends and in_window(candidate, days, opens, closes, zone) then
          return candidate;
        end if;
      end loop;
    else
      -- When the clocks change they can also jump into the window; all of them do it on a quarter of an hour.
      select min(c.at) into candidate
      from (
        select ((begins at time zone zone)::date + d + opens - shift) at time zone 'UTC' as at
        from generate_series(0, 2) d, unnest(array[was, becomes]) shift
        union all
        select date_bin('15 minutes', begins, 'epoch') + q * interval '15 minutes'
        from generate_series(1, 96) q
      ) c
      where c.at >= begins and c.at < ends and in_window(c.at, days, opens, closes, zone);
      if candidate is not null then return candidate; end if;
    end if;
  end loop;
  return null;
exception when invalid_parameter_value then
  return null;
end $$;

-- Whether a window is open; it belongs to the day on which it opens.
create function in_window(at timestamptz, days integer[], opens time, closes time, zone text) returns boolean
  language sql stable
  as $$
    select case when opens < closes
                then l.clock >= opens and l.clock < closes and l.day = any (days)
                else l.clock >= opens and l.day = any (days)
                  or l.clock < closes and (l.day + 5) % 7 + 1 = any (days) end
    from (select (at at time zone zone)::time as clock,
                 extract(isodow from at at time zone zone)::integer as day) l
  $$;

-- When a campaign's own window opens, not before now; now also where each lead has its own.
create function campaign_opens(c campaigns) returns timestamptz
  language sql stable
  as $$
    select case when c.window_zone is null or c.window_zone = 'lead' then clock()
                else window_opens(clock(), c.window_days, c.window_from, c.window_to, c.window_zone) end
  $$;
