-- set-sender-trouble: why a sender cannot send, or (null) that it can again.
-- $1 the sender, $2 a sentence. Without one its rests are over as well. Two at once: the last one wins. A crash: the next tick finds out anew.
update senders s
set trouble = $2::text,
    trouble_since = case when $2::text is null then null else coalesce(s.trouble_since, clock()) end,
    rest_until = case when $2::text is null then null else s.rest_until end,
    rests = case when $2::text is null then 0 else s.rests end
where s.id = $1::uuid and s.trouble is distinct from $2::text;
