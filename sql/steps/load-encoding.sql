-- load-encoding: the encoding of the database.
-- No parameters. Reads only.
select current_setting('server_encoding') as encoding;
