-- go-by-keys: the statements that follow in this transaction read no table whole where an index leads to their rows.
-- No parameters. For what belongs to one campaign, with many others beside it: by statistics from before a bulk insert
-- every batch has most of the leads, and reading all batches looks cheap.
-- Two at once, a crash: nothing to see, the setting is local.
select set_config('enable_seqscan', 'off', true) as enable_seqscan;
