-- load-rights: whether the workspace's schema is there, and what the role that asks may do with it; names quoted as SQL
-- has them, so that a sentence can say what to grant.
-- No parameters; the prologue has left the schema's name in `campanile.schema`. Reads only.
select quote_ident(current_user) as role, quote_ident(current_database()) as database,
       quote_ident(current_setting('campanile.schema')) as schema, w.schema is not null as is_there,
       coalesce(has_schema_privilege(w.schema, 'usage'), false) as may_use,
       coalesce(has_schema_privilege(w.schema, 'create'), false) as may_make_tables,
       has_database_privilege(current_database(), 'create') as may_make_schema
from (select to_regnamespace(quote_ident(current_setting('campanile.schema')))::oid as schema) w;
