-- mark-cancelled: a campaign is over; what is pending is cancelled by cancel-messages, what is out settles.
-- $1 the campaign. Transition: draft, scheduled, running, paused, failed -> cancelled. Runs behind hold-barrier.
-- Batches are released by the transaction that leaves it without an open message; here, if it has none.
with cancelled as (
  update campaigns c
  set status = 'cancelled', cancelled_at = clock(),
      paused_total = c.paused_total + coalesce(clock() - c.paused_at, interval '0'),
      paused_at = null, failed_at = null, updated_at = clock()
  where c.id = $1::uuid and c.status in ('draft', 'scheduled', 'running', 'paused', 'failed')
  returning c.id, c.name, c.open_count, c.actual_started_at
)
update lead_batches b
set active_campaign_id = null,
    campaign_history = b.campaign_history || jsonb_build_object(
      'campaign', c.name, 'taken_at', c.actual_started_at, 'released_at', clock(), 'because', 'cancelled')
from cancelled c
where b.active_campaign_id = c.id and c.open_count = 0;
