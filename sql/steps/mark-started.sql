-- mark-started: a campaign whose ledger was written runs.
-- $1 the campaign, $2 messages that are open, $3 emails in the ledger, $4 leads.
-- Transition of the campaign: draft, scheduled -> running. In the transaction that wrote
-- the ledger, behind hold-barrier. Its clock begins here: what it waited before does not count.
update campaigns c
set status = 'running', actual_started_at = clock(), open_count = $2::int8, emails_scheduled_count = $3::int8,
    total_leads_targeted = $4::int8::int4, paused_at = null, paused_total = '0', start_trouble = null, updated_at = clock()
where c.id = $1::uuid and c.status in ('draft', 'scheduled') and c.actual_started_at is null;
