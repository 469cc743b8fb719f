-- in_flight(): every message with a deadline: what is, or may be, with a transport, and what nobody has forgotten yet.
-- No parameters. Reads only, in the snapshot of the statement that calls it, by the index messages_in_flight alone: that
-- index is short, whatever the ledger's size, but to a planner that has never seen the table analysed (after a restore, or
-- pg_upgrade) nearly every message has a deadline, and it reads the whole ledger instead.
create or replace function in_flight() returns setof messages
  language sql stable
  set enable_seqscan = off
  set enable_bitmapscan = off
  as $$ select m.* from messages m where m.deadline is not null $$;
