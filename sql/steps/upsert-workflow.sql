-- upsert-workflow: one workflow of a document with its steps. Campaigns that have started keep the steps they had.
-- $1 name, $2 templates in order, $3 days after the step before, in the same order.
with workflow as (
  insert into workflows (name) values ($1::text)
  on conflict (name) do update set updated_at = clock()
  returning id
), steps as (
  select w.id as workflow_id, s.step_number::int4, s.template_id, s.days
  from workflow w
  cross join unnest($2::uuid[], $3::int4[]) with ordinality as s (template_id, days, step_number)
), gone as (
  delete from workflow_steps o
  using workflow w
  where o.workflow_id = w.id and o.step_number > cardinality($2::uuid[])
), written as (
  insert into workflow_steps (workflow_id, step_number, template_id, days_after_previous)
  select s.workflow_id, s.step_number, s.template_id, s.days from steps s
  on conflict (workflow_id, step_number) do update
  set template_id = excluded.template_id, days_after_previous = excluded.days_after_previous
)
select w.id from workflow w;
