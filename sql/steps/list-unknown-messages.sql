-- list-unknown-messages: messages whose fate is unknown, one row for each of their attempts that is unaccounted for.
-- $1 the campaign, $2 one message or null for all. Reads only.
select m.id, u.claim_id, m.step_number, m.channel, case m.channel when 'email' then l.email else l.phone end as address,
       m.attempt, to_char(u.since, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since, m.failure_reason as reason
from messages m
join unknown_attempts u on u.message_id = m.id and u.late_outcome is null
join leads l on l.id = m.lead_id
where m.campaign_id = $1::uuid and m.status = 'unknown' and ($2::int8 is null or m.id = $2::int8)
order by m.id, u.since;
