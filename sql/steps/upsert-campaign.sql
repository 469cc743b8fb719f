-- upsert-campaign: one campaign of a document.
-- $1 name, $2 type, $3 workflow or null, $4 template or null, $5 senders, $6 batches, $7 leads (uuid arrays),
-- $8 retries, $9 their delay (interval), $10 hold or resend.
-- The caller has made sure (load-campaign-plans) that the plan of a campaign that has started is the one it has.
insert into campaigns (name, campaign_type, use_workflow, workflow_id, template_id, sender_ids, batch_ids, lead_ids,
                       retry_times, retry_after, on_unknown)
values ($1::text, $2::text, $3::uuid is not null, $3::uuid, $4::uuid, $5::uuid[], $6::uuid[], $7::uuid[],
        $8::int4, $9::interval, $10::text)
on conflict (name) do update
set campaign_type = excluded.campaign_type, use_workflow = excluded.use_workflow, workflow_id = excluded.workflow_id,
    template_id = excluded.template_id, sender_ids = excluded.sender_ids, batch_ids = excluded.batch_ids,
    lead_ids = excluded.lead_ids, retry_times = excluded.retry_times, retry_after = excluded.retry_after,
    on_unknown = excluded.on_unknown, updated_at = clock()
returning id;
