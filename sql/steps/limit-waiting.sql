-- limit-waiting: how long a statement waits for a lock, for the rest of this transaction.
-- $1 milliseconds; 0 is without a limit. An import that has read its file waits its turn for as long as that takes,
-- because standard input cannot be read again; with leads of its own locked it waits for others shortly.
-- Two at once, a crash: nothing to see, the setting is local.
select set_config('lock_timeout', $1::int4::text, true) as lock_timeout;
