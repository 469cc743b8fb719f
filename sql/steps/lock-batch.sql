-- lock-batch: a batch by its name, made if it is not there, its row locked until the transaction ends.
-- $1 the name. Says which campaign has the batch, and the true time in milliseconds, from which lead ids are made.
-- Transition: none of state; the update writes what stands there, and locks the row in its newest version.
-- Two at once, or a start that takes the batch: the second waits, and then sees what the first did.
-- A crash: released, and not made.
insert into lead_batches as b (name)
values ($1::text)
on conflict (name) do update
set campaign_history = b.campaign_history
returning b.id, (select c.name from campaigns c where c.id = b.active_campaign_id) as held_by,
          floor(extract(epoch from now()) * 1000)::int8 as milliseconds;
