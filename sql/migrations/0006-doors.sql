-- The doors that change rules while campaigns run: what is open, and what has no start time any more.

-- Nobody may make another one meanwhile. The table is small: a row for each campaign.
lock table campaigns in share row exclusive mode;

-- A campaign that was reopened although nothing of it moved: it could never complete. Where the counter is what is wrong,
-- the ledger says what is open.
update campaigns c
set open_count = n.open
from (
  select m.campaign_id, count(*) as open
  from messages m
  where m.status in ('pending', 'sending')
    and m.campaign_id in (select o.id from campaigns o where o.open_count = 0 and o.status in ('running', 'paused', 'failed'))
  group by m.campaign_id
) n
where c.id = n.campaign_id;
do $$ begin perform set_config('campanile.reason', 'nothing of it was open', true); end $$;
with completed as (
  update campaigns c
  set status = 'completed', completed_at = clock(), failed_at = null,
      paused_total = c.paused_total + coalesce(clock() - c.paused_at, interval '0'), paused_at = null, updated_at = clock()
  where c.status in ('running', 'paused', 'failed') and c.actual_started_at is not null and c.open_count = 0
    and c.campaign_type = 'outreach'
  returning c.id, c.name, c.actual_started_at
)
update lead_batches b
set active_campaign_id = null,
    campaign_history = b.campaign_history || jsonb_build_object(
      'campaign', c.name, 'taken_at', c.actual_started_at, 'released_at', clock(), 'because', 'mended')
from completed c
where b.active_campaign_id = c.id;

-- A campaign whose start time was taken out of its document while it waited for it: the next tick would have started it.
do $$ begin perform set_config('campanile.reason', 'it had no start time any more', true); end $$;
with drafts as (
  update campaigns c
  set status = 'draft', paused_at = null, start_trouble = null, updated_at = clock()
  where c.status in ('scheduled', 'paused') and c.actual_started_at is null and c.scheduled_start_at is null
  returning c.id, c.name
)
update lead_batches b
set active_campaign_id = null,
    campaign_history = b.campaign_history || jsonb_build_object(
      'campaign', c.name, 'taken_at', null, 'released_at', clock(), 'because', 'draft')
from drafts c
where b.active_campaign_id = c.id;
do $$ begin perform set_config('campanile.reason', '', true); end $$;

-- An open campaign has something open: with its last open message it completes, in the same version of its row
-- (count_moves). What a campaign that generates leads has open is not known here.
alter table campaigns add constraint campaigns_has_open check (
  campaign_type <> 'outreach' or actual_started_at is null or status not in ('running', 'paused', 'failed')
  or open_count > 0);

-- And a completed one of which something is open again is open again itself, in that version as well: so nothing reopens a
-- campaign of which nothing moves, and nothing moves in one that stays completed. Its text is in sql/functions.
create function mark_reopened() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger campaigns_reopen before update of open_count on campaigns
  for each row when (old.status = 'completed' and new.status = 'completed' and new.open_count > 0)
  execute function mark_reopened();
