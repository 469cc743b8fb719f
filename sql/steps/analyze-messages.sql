-- analyze-messages: statistics for the planner, after a bulk insert, before the first claim.
-- No parameters. Two at once: the second waits. A crash: the statistics are as they were.
analyze messages;
