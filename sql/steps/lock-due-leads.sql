-- lock-due-leads: picks messages of a campaign that are due, and locks their leads.
-- $1 the campaign, $2 the sender, $3 the most messages to claim, $4 how many to look at at least.
-- The statement itself is in sql/functions/lock-due-leads.sql, where its plan is kept from one call to the next.
select f.picked, f.slots, f.wait
from lock_due_leads($1::uuid, $2::uuid, $3::int4, $4::int4) f;
