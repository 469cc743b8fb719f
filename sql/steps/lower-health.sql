-- lower-health: what failed before a campaign was resumed is no longer more than what has failed at all.
-- $1 the campaign; behind requeue-messages, in its transaction. Its health counts what failed since it was resumed: without
-- this it would count from below zero, and would not be judged until as many messages had failed once more.
-- Two at once: the campaign's row is locked. A crash: all or nothing.
update campaigns c
set health_settled = least(c.health_settled, h.settled), health_failed = least(c.health_failed, h.failed)
from (
  select coalesce(sum(s.sent + s.failed + s.unknown), 0) as settled, coalesce(sum(s.failed), 0) as failed
  from campaign_steps s
  where s.campaign_id = $1::uuid
) h
where c.id = $1::uuid;
