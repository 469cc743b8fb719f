-- lock-due-leads: picks messages of a campaign that are due, and locks their leads.
-- $1 the campaign, $2 the sender, $3 the most messages to claim, $4 how many to look at at least,
-- $5 and $6 the time and id behind which to look, or null.
-- The statement itself is in sql/functions/lock-due-leads.sql, where its plan is kept from one call to the next.
select f.picked, f.slots, f.wait, f.last_time::text as last_time, f.last_id
from lock_due_leads($1::uuid, $2::uuid, $3::int4, $4::int4, $5::text::timestamptz, $6::int8) f;
