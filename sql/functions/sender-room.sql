-- sender_room(): how many messages a sender may begin now, by its rest, its caps and its pace; when there are none, why
-- (`rule`) and until when (`opens_at`; null where nobody knows).
-- $1 the sender's row. Reads only. A claim asks behind the lock of a sender that has a rule that counts.
-- The rules: provider (it rests, or its probe is out), time_zone (its zone is not known to this server), daily_cap, warm_up,
-- pace. A sender in trouble has room for one message at a time, over all ticks: one is enough to learn whether it is well.
create or replace function sender_room(s senders, out slots integer, out opens_at timestamptz, out rule text)
  language plpgsql stable
  as $$
declare
  today date;
  cap   integer;
begin
  slots := 2147483647;
  if s.rest_until > clock() then
    slots := 0;
    opens_at := s.rest_until;
    rule := 'provider';
    return;
  end if;
  if s.daily_cap is not null or s.warm_up_start is not null then
    begin
      today := (clock() at time zone s.time_zone)::date;
    exception when invalid_parameter_value then
      -- An upgrade of the system, a restore elsewhere, a failover: the zone was known when it was set.
      slots := 0;
      rule := 'time_zone';
      return;
    end;
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
  elsif s.trouble is not null then
    slots := 1;
    if exists (
      select from in_flight() m where m.sender_id = s.id and m.status = 'sending' and m.deadline > clock_timestamp()
    ) then
      slots := 0;
      -- Nobody knows when it is answered; who waits for it looks again then.
      opens_at := clock() + interval '1 second';
      rule := 'provider';
    end if;
  end if;
end $$;
