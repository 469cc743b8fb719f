-- mark-scheduled: a campaign waits for its start time; its ledger is written then.
-- $1 the campaign. Transition of the campaign: draft -> scheduled. Runs behind hold-barrier and take-batches.
-- A crash: all or nothing.
update campaigns c
set status = 'scheduled', updated_at = clock()
where c.id = $1::uuid and c.status = 'draft';
