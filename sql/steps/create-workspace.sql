-- create-workspace: the schema, and the table that counts migrations, where they are missing.
-- No parameters; the prologue has left the schema's name in `campanile.schema`. Runs behind lock-workspace.
-- A crash: all of it or nothing.
do $$
begin
  if to_regnamespace(quote_ident(current_setting('campanile.schema'))) is null then
    execute format('create schema %I', current_setting('campanile.schema'));
  end if;
  create table if not exists schema_migrations (
    version    integer primary key,
    name       text not null,
    applied_at timestamptz not null default now()
  );
end $$;
