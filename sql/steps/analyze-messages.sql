-- analyze-messages: statistics for the planner, after a bulk insert, before the first claim.
-- No parameters. Behind the commit, and best effort: where somebody vacuums the table, or builds an index on it, this
-- does nothing, instead of waiting (skip_locked). A crash: the statistics are as they were.
analyze (skip_locked) messages;
