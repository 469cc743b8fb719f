-- mark-resumed: a campaign goes on; the time it stood still is taken out of its clock.
-- $1 the campaign. Transitions: paused -> running, or scheduled where it was never started; failed -> running, and its
-- health is counted from here.
-- Runs behind hold-barrier. Touches no message: the spacing between steps survives, because scheduled_for is in the
-- campaign's clock. Two at once: the second finds it running. A crash: all or nothing.
update campaigns c
set status = case when c.actual_started_at is null then 'scheduled' else 'running' end,
    paused_total = c.paused_total + coalesce(clock() - c.paused_at, interval '0'),
    paused_at = null, resumed_at = clock(), failed_at = null, failure_reason = null, updated_at = clock(),
    health_settled = case when c.status = 'failed' then h.settled else c.health_settled end,
    health_failed = case when c.status = 'failed' then h.failed else c.health_failed end
from (
  select coalesce(sum(s.sent + s.failed + s.unknown), 0) as settled, coalesce(sum(s.failed), 0) as failed
  from campaign_steps s
  where s.campaign_id = $1::uuid
) h
where c.id = $1::uuid and c.status in ('paused', 'failed');
