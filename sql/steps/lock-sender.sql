-- lock-sender: a sender's row, where it has a rule that counts: a pace, a cap, a domain with a pace.
-- $1 the sender.
-- The statement itself is in sql/functions/lock-sender.sql, where its plan is kept from one call to the next.
select lock_sender($1::uuid) as locked;
