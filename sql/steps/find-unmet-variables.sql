-- find-unmet-variables: variables of a campaign's templates that no lead of it has a value for.
-- $1 the campaign. Reads only.
with campaign as (
  select c.id, c.batch_ids, c.lead_ids, c.workflow_id, c.template_id from campaigns c where c.id = $1::uuid
), plan as (
  select t.name, t.variables
  from campaign c
  join email_templates t on t.id = c.template_id
    or t.id in (select s.template_id from workflow_steps s where s.workflow_id = c.workflow_id)
)
select distinct p.name as template, v.variable
from plan p
cross join lateral unnest(p.variables) as v (variable)
where not exists (
  select
  from campaign c
  join leads l on l.id = any (c.lead_ids)
    or l.id in (select b.lead_id from batch_leads b where b.batch_id = any (c.batch_ids))
  where coalesce(case v.variable when 'email' then l.email when 'phone' then l.phone
                   when 'company_name' then l.company_name when 'industry' then l.industry when 'city' then l.city
                   when 'country' then l.country when 'website' then l.website
                   else l.attributes ->> v.variable end, '') <> '')
order by 1, 2;
