-- analyze-import-rows: statistics for the planner, after the file was streamed and before its rows are matched.
-- Of what rows are joined by, and of nothing else: all columns take half as long again.
-- No parameters. Two at once: each its own table. A crash: nothing stays.
analyze import_rows (line, lead_id, problem, email, phone);
