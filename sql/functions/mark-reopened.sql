-- mark_reopened(): a completed campaign of which a message is to be sent again is open again, and paused.
-- A trigger of campaigns_reopen (0006): it is called where count_moves() makes the counter of a completed campaign other
-- than zero, and changes the version of the row that is just being written.
-- Transition of the campaign: completed -> paused. Whoever moves its messages (resend-messages, requeue-messages) holds the
-- exclusive barrier, and takes the batches again in the same transaction. A crash: all or nothing.
create or replace function mark_reopened() returns trigger
  language plpgsql
  as $$
begin
  new.status := 'paused';
  new.completed_at := null;
  new.paused_at := clock();
  new.pause_number := old.pause_number + 1;
  return new;
end $$;
