-- work-without-limit: a statement of this transaction may take as long as it takes.
-- No parameters. For an import, a start, a migration: stopped by a limit, they would be stopped again each time.
-- client_connection_check_interval: the statement of a program that was killed ends, with its locks.
-- Two at once, a crash: nothing to see, the settings are local.
select set_config('statement_timeout', '0', true) as statement_timeout,
       case when current_setting('client_connection_check_interval', true) is not null
            then set_config('client_connection_check_interval', '10s', true) end as connection_check;
