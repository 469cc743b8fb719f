-- lock_sender(): a sender's row, where it has a rule that counts: a pace, a cap, a domain with a pace.
-- $1 the sender. Behind try-barrier and in front of lock-due-leads, in the order of all locks; who comes second waits,
-- and its later statements see what the first one charged. Without such a rule nothing is locked: claims of a sender
-- that is not limited run side by side.
-- Two at once: the second waits. A crash: released with the transaction.
create or replace function lock_sender(sender uuid) returns boolean
  language plpgsql
  set plan_cache_mode = force_generic_plan
  as $$
begin
  perform from senders s
  where s.id = sender
    and (s.pace_count is not null or s.delay_min is not null or s.daily_cap is not null or s.warm_up_start is not null
         or exists (select from sender_domains d
                    where d.sender_id = s.id and (d.pace_count is not null or d.concurrency is not null)))
  for no key update of s;
  return found;
end $$;
