-- Pause, resume, cancel: what they need of the ledger, and the timeline of a campaign.

alter table campaigns
  add column pause_number integer not null default 0,    -- which pause this is: a pauser must know its own again
  add column resumed_at   timestamptz,
  add column cancelled_at timestamptz,
  drop constraint campaigns_started,
  -- A paused campaign that was never started is a scheduled one whose start is held.
  add constraint campaigns_started check (status in ('draft', 'scheduled', 'paused', 'cancelled') or actual_started_at is not null),
  add constraint campaigns_cancelled check ((status = 'cancelled') = (cancelled_at is not null));

-- Every change of a campaign's state, with who made it and why.
create table campaign_events (
  id          bigint generated always as identity primary key,
  campaign_id uuid not null references campaigns,
  at          timestamptz not null,
  was         text,
  becomes     text not null,
  actor       text not null,
  reason      text,
  detail      jsonb
);
create index campaign_events_of on campaign_events (campaign_id, id);

-- A trigger, because a campaign changes its state in many statements, and none may forget the timeline.
create function note_campaign_event() returns trigger
  language plpgsql
  as $$
begin
  insert into campaign_events (campaign_id, at, was, becomes, actor, reason)
  values (new.id, clock(), case when tg_op = 'UPDATE' then old.status end, new.status,
          coalesce(nullif(current_setting('campanile.actor', true), ''), current_setting('application_name')),
          coalesce(nullif(current_setting('campanile.reason', true), ''), new.failure_reason));
  return null;
end $$;
create trigger campaign_events_insert after insert on campaigns for each row execute function note_campaign_event();
create trigger campaign_events_update after update of status on campaigns
  for each row when (old.status is distinct from new.status) execute function note_campaign_event();
