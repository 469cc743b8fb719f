-- note-start-trouble: why a scheduled campaign could not be started at its time; it stays scheduled.
-- $1 its name, $2 a sentence. Two at once: the last one wins. A crash: the next tick finds out anew.
update campaigns c
set start_trouble = $2::text, updated_at = clock()
where c.name = $1::text and c.status = 'scheduled' and c.start_trouble is distinct from $2::text;
