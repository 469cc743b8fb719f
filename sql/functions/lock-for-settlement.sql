-- lock_for_settlement(): the campaigns and then the senders of some messages, each kind in order.
-- $1 the messages, $2 whether some are given back: only then their senders, whose pace gets its slots back. The order
-- of all locks is in sql/README.md; the leads' rows, in their order, and the messages' come with the settlement itself.
-- Two at once: the second waits for the first. A crash: released with the transaction.
create or replace function lock_for_settlement(messages bigint[], gives_back boolean) returns integer
  language plpgsql
  set plan_cache_mode = force_generic_plan
  as $$
declare
  campaigns_of uuid[];
  senders_of   uuid[];
begin
  select array_agg(distinct m.campaign_id), array_agg(distinct m.sender_id)
  into campaigns_of, senders_of
  from messages m
  where m.id = any ($1);

  perform from campaigns c where c.id = any (campaigns_of) order by c.number for no key update;
  if gives_back then
    perform from senders s where s.id = any (senders_of) order by s.id for no key update;
  end if;
  return coalesce(cardinality(campaigns_of), 0);
end $$;
