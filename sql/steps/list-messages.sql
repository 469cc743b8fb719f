-- list-messages: the ledger of a campaign, a page at a time.
-- $1 the campaign, $2 a state or null, $3 a step or null, $4 and $5 a range of ids (after, through), some
-- thousand.
-- Reads only, that range and nothing else: by `is not distinct from` no index is gone by, and each lead is looked up
-- by its id (`offset 0`). Times are wall time.
select m.id, l.email, l.phone, m.step_number, t.name as template, m.channel, m.status, m.attempt,
       to_char(m.scheduled_for + c.paused_total + coalesce(clock() - c.paused_at, interval '0'),
               'YYYY-MM-DD"T"HH24:MI:SS"Z"') as scheduled_for,
       to_char(nullif(m.not_before, 'infinity'), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as not_before,
       to_char(m.sent_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as sent_at,
       to_char(m.failed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as failed_at,
       to_char(m.unknown_since, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as unknown_since,
       case when m.not_before = 'infinity' then 'waits for the step before it'
            when m.held_by = 'window' then 'waits for the window in the lead''s time zone'
            when m.held_by = 'min_gap' then 'waits: another campaign has contacted the lead'
            when m.held_by = 'domain' then 'waits: the receiving domain takes no more for now'
            when m.held_by = 'deadline' then 'waits for the end of the attempt before'
            else coalesce(m.skip_reason, m.failure_reason) end as reason,
       m.times_accepted, m.provider_id, s.name as sender
from messages m
join campaigns c on c.id = m.campaign_id
cross join lateral (select l.email, l.phone from leads l where l.id = m.lead_id offset 0) l
join senders s on s.id = m.sender_id
join campaign_steps p on p.campaign_id = m.campaign_id and p.step_number = m.step_number
join email_templates t on t.id = p.template_id
where m.id > $4::int8 and m.id <= $5::int8 and m.campaign_id is not distinct from $1::uuid
  and ($2::text is null or m.status = $2::text) and ($3::int4 is null or m.step_number = $3::int4)
order by m.id;
