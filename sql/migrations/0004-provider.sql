-- Whose fault a refusal is (DESIGN §5): a sender rests and probes, a refusal is held until others have told whether it is
-- to be believed; fairness between campaigns, and follow-ups first.

alter table senders
  add column rest_until timestamptz,               -- nothing leaves before; then it probes with one message
  add column rests      integer not null default 0,  -- rests in a row that have not helped
  add column evidence   jsonb,                     -- what its last refusals were alike in; Sources/Email/Judge.swift
  add constraint senders_rest check (rest_until is null or trouble is not null);

alter table sender_domains
  add column rests integer not null default 0;     -- rests of a domain in a row that have not helped

-- Refusals that may not be about their lead: the message is pending, without an attempt. With a doubt it is settled as that
-- word, without being sent again, when somebody else got through; a message that has settled has no row here.
create table held_refusals (
  message_id  bigint primary key,
  sender_id   uuid not null,
  times       integer not null,                    -- how often it was held
  doubt       text check (doubt in ('refused', 'deferred')),
  about       text,
  fingerprint text,                                -- what makes it alike to others
  since       timestamptz not null,                -- when it was held first, and last
  at          timestamptz not null
);
create index held_refusals_sender on held_refusals (sender_id);

-- When a campaign had its last turn with a sender that has a pace or a cap: who was served least recently is next.
create table campaign_turns (
  campaign_id uuid not null references campaigns on delete cascade,
  sender_id   uuid not null references senders on delete cascade,
  served_at   timestamptz not null,
  primary key (campaign_id, sender_id)
);

alter table campaigns
  add column send_order text not null default 'follow_ups_first'
    check (send_order in ('follow_ups_first', 'first_steps_first'));

-- What a claim reads, in the order in which it reads it: follow-ups and first steps apart, so that either can go first.
drop index messages_due;
create index messages_due on messages (campaign_id, sender_id, (step_number > 1), scheduled_for, id)
  where status = 'pending' and not_before is null;

-- Their parameters or columns have changed; migrate makes them anew.
drop function if exists settle_messages(bigint[], uuid[], text[], text[], text[], text[]);
drop function if exists lock_due_leads(uuid, uuid, integer, integer, timestamptz, bigint);
