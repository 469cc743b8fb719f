-- load-schema-version: the migrations that the workspace has; fails with undefined_table where there is none.
-- No parameters. Reads only. All of them and not the newest: every function begins with this, on a new connection, and to
-- look up an aggregate there takes longer than to read a dozen rows.
select m.version
from schema_migrations m;
