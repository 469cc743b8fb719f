-- prologue: what every transaction begins with, settings that end with it.
-- $1 the workspace's schema.
-- synchronous_commit: a claim or a settlement that a crash of the server could undo would be a lie to the transport.
-- statement_timeout, transaction_timeout: what administrators set for a role or a database is meant for applications that
-- are asked something; what may take longer than five minutes says so (work-without-limit). transaction_timeout is
-- PostgreSQL 17's, and a server that does not know it must not be told.
-- idle_in_transaction_session_timeout: frees the locks that a frozen client holds. TimeZone: a day of a step's delay
-- is 24 hours, whatever the server's zone. jit: every statement of ours is short, and compiling one took up to two
-- seconds where the planner believed in a big table. Two at once, a crash: nothing to see, the settings are local.
select array_length(array[
  set_config('search_path', format('%I, pg_temp', $1::text), true),
  set_config('synchronous_commit', 'on', true),
  set_config('lock_timeout', '10s', true),
  set_config('statement_timeout', '5min', true),
  case when current_setting('transaction_timeout', true) is not null
       then set_config('transaction_timeout', '0', true) end,
  set_config('idle_in_transaction_session_timeout', '30s', true),
  set_config('TimeZone', 'UTC', true),
  set_config('jit', 'off', true),
  set_config('campanile.schema', $1::text, true)
], 1) as settings;
