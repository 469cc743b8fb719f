-- mark-draft: a campaign whose start time was taken out of its document is a draft again.
-- $1 the campaign. Transition of the campaign: scheduled, and paused before it was started -> draft. Its batches are free,
-- with a line in their history. Runs behind hold-barrier and upsert-campaign, in the transaction of the document.
-- Two at once: lock-workspace stands before it. A crash: all or nothing.
with draft as (
  update campaigns c
  set status = 'draft', paused_at = null, start_trouble = null, updated_at = clock()
  where c.id = $1::uuid and c.status in ('scheduled', 'paused') and c.actual_started_at is null
    and c.scheduled_start_at is null
  returning c.id, c.name
), released as (
  update lead_batches b
  set active_campaign_id = null,
      campaign_history = b.campaign_history || jsonb_build_object(
        'campaign', c.name, 'taken_at', null, 'released_at', clock(), 'because', 'draft')
  from draft c
  where b.active_campaign_id = c.id
)
select exists (select from draft) as is_draft;
