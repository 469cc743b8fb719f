-- unknown_time_zones(): which of some names are no time zone of a place, whatever their case.
-- $1 the names. The one rule for every door that a time zone comes in by (apply, import-leads, set-lead): a name of the
-- server's database of time zones that says a place, like Europe/London; and UTC, also as Etc/UTC.
-- PostgreSQL takes more. Abbreviations and POSIX rules (EST, UTC+2) have no summer time, or somebody else's; `Etc/GMT+2` is
-- two hours *behind*; `localtime`, `posixrules` and `Factory` are whatever this host is; `right/…` counts leap seconds.
create or replace function unknown_time_zones(names text[]) returns setof text
  language sql stable
  as $$
    with places as (
      select lower(z.name) as name
      from pg_timezone_names z
      where z.name ~ '/' and z.name !~ '^(Etc|posix|right|SystemV)/' or z.name in ('UTC', 'Etc/UTC')
    )
    select n.name
    from unnest(names) as n (name)
    where not exists (select from places p where p.name = lower(n.name))
  $$;
