-- analyze-import-rows: statistics for the planner, after the file was streamed and before its rows are matched.
-- No parameters. Two at once: each its own table. A crash: nothing stays.
analyze import_rows;
