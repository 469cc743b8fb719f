-- mark-reopened: a completed campaign is open again, and paused: a message of it is to be sent again.
-- $1 the campaign. Transition of the campaign: completed -> paused. Runs behind hold-barrier and take-batches, in the
-- transaction that moves the message. A crash: all or nothing.
update campaigns c
set status = 'paused', completed_at = null, paused_at = clock(), pause_number = c.pause_number + 1, updated_at = clock()
where c.id = $1::uuid and c.status = 'completed';
