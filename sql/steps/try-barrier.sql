-- try-barrier: the shared side of a campaign's barrier, for this transaction, if it is free at once.
-- $1 the campaign's number. A pause holds it exclusively; not granted means that a pause is under way.
-- The answer is left in a local setting, because the statements that depend on it are sent along with this one: they
-- must be later statements (a statement's snapshot is older than the lock it waits for), but need no round trip.
-- Two at once: both get it. A crash: released with the transaction.
select set_config('campanile.barrier',
                  pg_try_advisory_xact_lock_shared(barrier_namespace(), $1::int4)::text, true) = 'true' as granted;
