-- hold-barrier: the exclusive side of a campaign's barrier, for this transaction.
-- $1 the campaign's number. Waits for the claims that hold the shared side, which are short; PostgreSQL grants in the
-- order of asking, so a stream of claims cannot starve it. Two at once: one behind the other. A crash: released.
-- Taken behind the campaign's own row, like try-barrier; no row, no lock, and no row comes back.
with campaign as materialized (
  select c.number from campaigns c where c.number = $1::int4
)
select pg_advisory_xact_lock(barrier_namespace(), c.number) from campaign c;
