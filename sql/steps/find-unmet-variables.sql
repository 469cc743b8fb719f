-- find-unmet-variables: variables of a campaign's templates that no lead of it has a value for.
-- $1 the campaign. Reads only, from the campaign's leads outwards: each is looked up by its id, and for a variable that
-- the first of them has, only the first. `offset 0` keeps the planner from reading all leads of the workspace instead.
with campaign as materialized (
  select c.batch_ids, c.lead_ids, c.workflow_id, c.template_id from campaigns c where c.id = $1::uuid
), wanted as materialized (
  select distinct t.name as template, v.variable
  from (
    select c.template_id as id from campaign c
    union
    select s.template_id from campaign c join workflow_steps s on s.workflow_id = c.workflow_id
  ) p
  join email_templates t on t.id = p.id
  cross join lateral unnest(t.variables) as v (variable)
), target as materialized (
  select i.id as lead_id from campaign c cross join lateral unnest(c.lead_ids) as i (id)
  union all
  select b.lead_id
  from campaign c
  cross join lateral unnest(c.batch_ids) as i (id)
  cross join lateral (select b.lead_id from batch_leads b where b.batch_id = i.id offset 0) b
), unmet as materialized (
  select v.variable
  from (select distinct w.variable from wanted w) v
  where not exists (
    select
    from target t
    cross join lateral (select l.* from leads l where l.id = t.lead_id offset 0) l
    where coalesce(case v.variable when 'email' then l.email when 'phone' then l.phone
                     when 'company_name' then l.company_name when 'industry' then l.industry when 'city' then l.city
                     when 'country' then l.country when 'website' then l.website
                     else l.attributes ->> v.variable end, '') <> '')
)
select w.template, w.variable
from wanted w
join unmet u on u.variable = w.variable
order by 1, 2;
