-- find-unknown-time-zones: which of some names are not in the server's time zone database.
-- $1 the names. Reads only. Abbreviations and POSIX rules, which PostgreSQL would take, are not names.
select z.name from unknown_time_zones($1::text[]) z (name);
