-- load-schema-version: the newest migration that the workspace has; fails with undefined_table where there is none.
-- No parameters. Reads only.
select coalesce(max(m.version), 0)::int4 as version, current_setting('server_encoding') as encoding
from schema_migrations m;
