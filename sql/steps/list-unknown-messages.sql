-- list-unknown-messages: messages whose fate is unknown, one row for each of their attempts that is unaccounted for.
-- $1 the campaign, $2 one message or null for all. Reads only, by what is unknown in the
-- whole workspace, which is little.
select m.id, u.claim_id, m.step_number, m.channel, case m.channel when 'email' then l.email else l.phone end as address,
       m.attempt, to_char(u.since, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since, m.failure_reason as reason
from unknown_attempts u
cross join lateral (select m.* from messages m where m.id = u.message_id offset 0) m
cross join lateral (select l.email, l.phone from leads l where l.id = m.lead_id offset 0) l
where u.late_outcome is null and m.campaign_id = $1::uuid and m.status = 'unknown' and ($2::int8 is null or m.id = $2::int8)
order by m.id, u.since;
