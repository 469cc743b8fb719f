-- note-evidence: what a sender's last refusals were alike in, for the next tick.
-- $1 the sender, $2 a JSON document of Sources/Email/Judge.swift's memory.
-- Two ticks at once: the last one wins; what it forgets is found out again. A crash: the same.
update senders s set evidence = $2::jsonb where s.id = $1::uuid;
