-- wait-without-limit: no lock_timeout for the rest of this transaction.
-- No parameters. For an import that has read its file: standard input cannot be read again, so it waits for another
-- import to end. What others hold behind a client that froze is freed by idle_in_transaction_session_timeout.
-- Two at once, a crash: nothing to see, the setting is local.
select set_config('lock_timeout', '0', true) as lock_timeout;
