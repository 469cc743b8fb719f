-- record-migration: a migration was applied.
-- $1 its number, $2 its name. In the migration's own transaction.
insert into schema_migrations (version, name) values ($1::int4, $2::text);
