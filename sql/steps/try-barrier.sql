-- try-barrier: the shared side of a campaign's barrier, for this transaction, if it is free at once.
-- $1 the campaign's number. A pause holds it exclusively; not granted means that a pause is under way.
-- Taken behind the campaign's own row, so that it is taken where that row is: what stands between client and server may send
-- a statement that reads no table anywhere, and two locks on two servers keep nothing apart. Without the row it is not
-- granted. Materialized, so that the lock is asked for once, and for this row only.
-- The answer is left in a local setting, because the statements that depend on it are sent along with this one: they
-- must be later statements (a statement's snapshot is older than the lock it waits for), but need no round trip.
-- Two at once: both get it. A crash: released with the transaction.
with campaign as materialized (
  select c.number from campaigns c where c.number = $1::int4
)
select set_config('campanile.barrier', coalesce((
                    select pg_try_advisory_xact_lock_shared(barrier_namespace(), c.number) from campaign c), false)::text,
                  true) = 'true' as granted;
