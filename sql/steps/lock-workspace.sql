-- lock-workspace: one at a time for a purpose, in this workspace, until the transaction ends.
-- $1 the purpose: `migrate`, `apply` or `import`. Two at once: the second waits. A crash: released with the transaction.
select pg_advisory_xact_lock(hashtext('campanile.' || $1::text || '.' || current_setting('campanile.schema')));
