-- wait-without-limit: no lock_timeout for the rest of this transaction.
-- No parameters. For an import that has read its file: standard input cannot be read again, so it waits its turn behind
-- another import for as long as that takes.
-- Two at once, a crash: nothing to see, the setting is local.
select set_config('lock_timeout', '0', true) as lock_timeout;
