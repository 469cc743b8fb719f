-- explain-change: who changes a campaign in this transaction, and why; the timeline's trigger reads it.
-- $1 who, or null; $2 why, or null. Local settings: nothing to see for others, nothing left by a crash.
select set_config('campanile.actor', coalesce($1::text, ''), true) || set_config('campanile.reason', coalesce($2::text, ''), true) as said;
