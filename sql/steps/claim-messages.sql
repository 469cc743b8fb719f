-- claim-messages: the picked messages become `sending`, for one tick, until their deadline.
-- $1 the claim id, $2 the lease, an interval.
-- The statement itself is in sql/functions/claim-messages.sql, where its plan is kept from one call to the next.
select f.id, f.skip_reason, f.held_by, f.campaign_id, f.campaign, f.step_number, f.template_id, f.lead_id, f.email, f.phone,
       f.first_name, f.contact_name, f.company_name, f.industry, f.city, f.country, f.website, f.attributes, f.date
from claim_messages($1::uuid, $2::interval) f;
