-- list-suppressions: who must not be contacted, a page at a time.
-- $1 one value to look for, in any case, or null, $2 and $3 the value and channel after which to begin, $4 the most rows. Reads only.
select s.value, s.channel, s.reason, s.source, to_char(s.created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since
from suppressions s
where ($1::text is null or s.value = email_key($1::text)) and (s.value, s.channel) > ($2::text, $3::text)
order by s.value, s.channel
limit $4::int4;
