-- claim-messages: the picked messages become `sending`, for one tick, until their deadline.
-- $1 the claim id, a UUID that the tick made and never uses again; $2 the lease, an interval: the tick's own, so that
-- both mean the same deadline even if the sender has just been changed.
-- Transition: pending -> sending. A message whose lead must not be contacted is not moved but returned with its
-- `skip_reason`; the tick settles it as `skipped`.
-- A statement of its own behind lock-due-leads: it sees what was committed before the leads were locked.
-- Two at once: the rows are locked; a second claim finds them `sending`. A crash before the commit: nothing moved;
-- after it: recovery finds the rows once their deadline has passed.
with picked as (
  select m.id, m.status, m.lead_id, m.channel,
         case
           when l.status in ('not_interested', 'converted', 'invalid', 'replied', 'unsubscribed')
             then 'the lead is ' || l.status
           when (case m.channel when 'email' then l.email else l.phone end) is null then 'no address'
         end as skip_reason
  from unnest(current_setting('campanile.picked')::bigint[]) p (id)
  join messages m on m.id = p.id and m.status = 'pending'
  join leads l on l.id = m.lead_id
), claimed as (
  update messages m
  set status = 'sending', claim_id = $1::uuid, attempt = m.attempt + 1,
      deadline = clock_timestamp() + $2::interval
  from picked p
  where m.id = p.id and m.status = 'pending' and p.skip_reason is null
  returning m.id
)
select m.id, p.skip_reason, m.campaign_id, c.name as campaign, m.step_number, s.template_id,
       l.id as lead_id, l.email, l.phone, l.first_name, l.contact_name, l.company_name, l.industry, l.city, l.country,
       l.website, l.attributes::text as attributes,
       to_char(clock(), 'Dy, DD Mon YYYY HH24:MI:SS') || ' +0000' as date
from picked p
join messages m on m.id = p.id
join leads l on l.id = p.lead_id
join campaigns c on c.id = m.campaign_id
join campaign_steps s on s.campaign_id = m.campaign_id and s.step_number = m.step_number
order by m.scheduled_for, m.id;
