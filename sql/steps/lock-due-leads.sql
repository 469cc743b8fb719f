-- lock-due-leads: picks messages of a campaign that are due, and locks their leads.
-- $1 the campaign, $2 the sender, $3 the most messages to claim, $4 how many to look at at least,
-- $5 to $8 the time and id behind which to look, of first steps and of follow-ups, or null.
-- The statement itself is in sql/functions/lock-due-leads.sql, where its plan is kept from one call to the next.
select f.picked, f.slots, f.wait, f.probes, f.last_times[1]::text as first_time, f.last_ids[1] as first_id,
       f.last_times[2]::text as follow_up_time, f.last_ids[2] as follow_up_id
from lock_due_leads($1::uuid, $2::uuid, $3::int4, $4::int4, array[$5::text, $7::text]::timestamptz[],
                    array[$6::int8, $8::int8]) f;
