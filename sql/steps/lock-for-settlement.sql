-- lock-for-settlement: the campaigns and then the senders of some messages, each kind in order.
-- $1 the messages, $2 whether some are given back.
-- The statement itself is in sql/functions/lock-for-settlement.sql, where its plan is kept from one call to the next.
select lock_for_settlement($1::int8[], $2::bool) as campaigns;
