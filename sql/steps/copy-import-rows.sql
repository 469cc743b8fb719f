-- copy-import-rows: the records of a file, streamed into `import_rows`.
-- No parameters; the bytes that follow are COPY's text format. A value that is not there is \N, never empty.
-- Two at once: each into its own table. A crash: nothing stays.
copy import_rows (line, lead_id, problem, email, phone, first_name, contact_name, company_name, industry, city, country,
                  website, time_zone, attributes)
from stdin;
