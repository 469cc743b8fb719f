-- load-campaign-steps: what has become of each step of the campaigns, from the counters.
-- $1 the campaigns. Reads only. What is `sending` is counted by in_flight(), which is short.
select s.campaign_id, s.step_number, t.name as template, s.channel,
       s.total - s.sent - s.failed - s.skipped - s.cancelled - s.unknown - f.sending as pending,
       f.sending, s.sent, s.failed, s.skipped, s.cancelled, s.unknown
from campaign_steps s
join email_templates t on t.id = s.template_id
cross join lateral (
  select count(*) as sending
  from in_flight() m
  where m.campaign_id = s.campaign_id and m.step_number = s.step_number and m.status = 'sending'
) f
where s.campaign_id = any ($1::uuid[])
order by s.campaign_id, s.step_number;
