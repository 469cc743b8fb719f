-- settle-messages: records what happened to claimed messages, and everything that follows from it.
-- $1 messages, $2 their claim ids, $3 outcomes, $4 the transport's names of the messages, $5 reasons,
-- $6 what a refusal is about, $7 for how many milliseconds a held one is put aside, $8 what it will be when its refusal is
-- believed, $9 what makes that alike to others, $10 how often in a row it was held for that, $11 since when.
-- The statement itself is in sql/functions/settle-messages.sql, where its plan is kept from one call to the next.
select f.id, f.becomes, f.campaign_id, f.campaign, f.campaign_status, f.has_completed
from settle_messages($1::int8[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::int4[], $8::text[], $9::text[], $10::int4[], $11::text[]) f;
