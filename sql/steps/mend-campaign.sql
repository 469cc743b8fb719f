-- mend-campaign: completes a campaign without open messages, and releases the batches of one that is over.
-- $1 the campaign. Only of outreach: what else a campaign has to do is not known by its messages. Transition of the campaign: running, paused, failed -> completed. Runs behind lock-campaign, and
-- judges again. Two at once: the second finds nothing to do. A crash: all or nothing.
with completed as (
  update campaigns c
  set status = 'completed', completed_at = clock(), failed_at = null,
      paused_total = c.paused_total + coalesce(clock() - c.paused_at, interval '0'), paused_at = null, updated_at = clock()
  where c.id = $1::uuid and c.open_count = 0 and c.status in ('running', 'paused', 'failed')
    and c.actual_started_at is not null and c.campaign_type = 'outreach'
  returning c.id
)
update lead_batches b
set active_campaign_id = null,
    campaign_history = b.campaign_history || jsonb_build_object(
      'campaign', c.name, 'taken_at', c.actual_started_at, 'released_at', clock(), 'because', 'mended')
from campaigns c
left join completed d on d.id = c.id
where c.id = $1::uuid and c.open_count = 0 and (d.id is not null or c.status in ('completed', 'cancelled'))
  and b.active_campaign_id = c.id;
