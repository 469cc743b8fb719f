-- mark-paused: a campaign pauses; its clock stands still from here.
-- $1 the campaign. Transition of the campaign: running, scheduled -> paused. Runs behind hold-barrier, so that every
-- claim that was granted before is committed and seen by the statements that follow this transaction, and none is
-- granted after. Touches no message. A crash: all or nothing.
update campaigns c
set status = 'paused', paused_at = clock(), pause_number = c.pause_number + 1, updated_at = clock()
where c.id = $1::uuid and c.status in ('running', 'scheduled');
