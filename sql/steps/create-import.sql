-- create-import: where the records of a file stand while they are matched and merged; gone with the transaction.
-- No parameters. `import_rows` has every record, with nothing on it that each row would have to pay for: what a record says
-- by itself is judged while it is read (functions/import-leads). `import_matches` has the rows that make no lead of
-- their own: their lead is there already, or a row above them makes it.
-- `import_changes` has what is to be written over leads. work_mem: a million rows are hashed in memory.
-- Two at once: temporary tables, each has its own. A crash: nothing stays.
do $$
begin
  perform set_config('work_mem', '64MB', true);
  create temporary table import_rows (
    line           bigint not null,  -- on which the record begins, from 1
    lead_id        uuid not null,    -- of the lead that the row makes, if it makes one; in the order of the lines
    problem        text,             -- why the record cannot be used, without a value of it; null: it can
    phone_left_out boolean,          -- true: its phone is not a number, and it has an email
    seems_repeated boolean,          -- true: its email may stand further up as well; else it surely does not
    email          text,
    phone          text,             -- digits; where the record cannot be used, whatever was there
    first_name     text,
    contact_name   text,
    company_name   text,
    industry       text,
    city           text,
    country        text,
    website        text,
    time_zone      text,             -- judged by reject-time-zones
    attributes     jsonb
  ) on commit drop;
  create index on import_rows (line) where problem is not null;   -- for paging through the rejects
  create temporary table import_matches (
    line    bigint not null,
    lead_id uuid not null
  ) on commit drop;
  create temporary table import_changes (
    is_new  boolean not null,        -- whether the import makes the lead
    portion integer not null,
    lead_id uuid not null,
    change  json not null            -- what is said of the lead, and no nulls
  ) on commit drop;
  create index on import_changes (is_new, portion);
end $$;
