-- lock-for-settlement: the campaigns of some messages, in order.
-- $1 the messages. In front of settle-late-outcome; settle-messages does it by itself.
-- The statement itself is in sql/functions/lock-for-settlement.sql, where its plan is kept from one call to the next.
select lock_for_settlement($1::int8[], false) as campaigns;
