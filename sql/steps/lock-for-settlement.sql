-- lock-for-settlement: the campaigns, the senders and then the leads of some messages, each kind in order.
-- $1 the messages, $2 whether some are given back: only then their senders, whose pace gets its slots back. The order of all locks is in sql/README.md; the messages' rows come with the settlement itself.
-- Two at once: the second waits for the first. A crash: released with the transaction.
with campaign as materialized (
  select c.id
  from campaigns c
  where c.id in (select m.campaign_id from messages m where m.id = any ($1::int8[]))
  order by c.number
  for no key update
), sender as materialized (
  select s.id
  from senders s
  where $2::bool and s.id in (select m.sender_id from messages m where m.id = any ($1::int8[]))
    and (select count(*) from campaign) > 0   -- the campaigns first
  order by s.id
  for no key update
), lead as materialized (
  select l.id
  from leads l
  where l.id in (select m.lead_id from messages m where m.id = any ($1::int8[]))
    and (select count(*) from campaign) > 0 and (select count(*) from sender) >= 0
  order by l.id
  for no key update
)
select count(*)::int4 as leads from lead;
