-- upsert-campaign: one campaign of a document.
-- $1 name, $2 type, $3 workflow or null, $4 template or null, $5 senders, $6 batches, $7 leads (uuid arrays),
-- $8 retries, $9 their delay (interval), $10 hold or resend, $11 days of the window (ISO, 1 is Monday) or null, $12 from
-- and $13 to (HH:MM), $14 its time zone or `lead`, $15 the gap to other campaigns (interval), $16 when it starts
-- (RFC 3339) or null, $17 what goes first under a cap or a pace: follow_ups_first or first_steps_first.
-- The caller has made sure (load-campaign-plans) that the plan of a campaign that has started is the one it has.
-- `judges_anew`: its window or its gap has changed; release-held lets go what the old ones have put aside.
with old as materialized (
  select c.window_days, c.window_from, c.window_to, c.window_zone, c.min_gap from campaigns c where c.name = $1::text
)
insert into campaigns as c (name, campaign_type, use_workflow, workflow_id, template_id, sender_ids, batch_ids, lead_ids,
                            retry_times, retry_after, on_unknown, window_days, window_from, window_to, window_zone,
                            min_gap, scheduled_start_at, send_order)
values ($1::text, $2::text, $3::uuid is not null, $3::uuid, $4::uuid, $5::uuid[], $6::uuid[], $7::uuid[],
        $8::int4, $9::interval, $10::text, $11::int4[], $12::text::time, $13::text::time, $14::text, $15::interval,
        $16::text::timestamptz, $17::text)
on conflict (name) do update
set campaign_type = excluded.campaign_type, use_workflow = excluded.use_workflow, workflow_id = excluded.workflow_id,
    template_id = excluded.template_id, sender_ids = excluded.sender_ids, batch_ids = excluded.batch_ids,
    lead_ids = excluded.lead_ids, retry_times = excluded.retry_times, retry_after = excluded.retry_after,
    on_unknown = excluded.on_unknown, window_days = excluded.window_days, window_from = excluded.window_from,
    window_to = excluded.window_to, window_zone = excluded.window_zone, min_gap = excluded.min_gap,
    scheduled_start_at = excluded.scheduled_start_at, send_order = excluded.send_order, updated_at = clock()
returning c.id, coalesce((
  select (o.window_days, o.window_from, o.window_to, o.window_zone, o.min_gap)
         is distinct from (c.window_days, c.window_from, c.window_to, c.window_zone, c.min_gap)
  from old o), false) as judges_anew;
