-- copy-import-rows: the records of a file, streamed into `import_rows`.
-- No parameters; the bytes that follow are COPY's binary format. A value that is not there is NULL, never empty.
-- Two at once: each into its own table. A crash: nothing stays.
copy import_rows (line, lead_id, email, phone, first_name, contact_name, company_name, industry, city, country, website,
                  time_zone, attributes, problem, phone_left_out, seems_repeated)
from stdin (format binary);
