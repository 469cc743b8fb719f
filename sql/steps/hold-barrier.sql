-- hold-barrier: the exclusive side of a campaign's barrier, for this transaction.
-- $1 the campaign's number. Waits for the claims that hold the shared side, which are short; PostgreSQL grants in the
-- order of asking, so a stream of claims cannot starve it. Two at once: one behind the other. A crash: released.
select pg_advisory_xact_lock(barrier_namespace(), $1::int4);
