-- count-unaccounted: attempts of a campaign of which nobody knows whether they left: a server may have the bytes of one,
-- and may still accept them.
-- $1 the campaign. Reads only, by what is unknown in the whole workspace, which is little.
select count(*)::int4 as attempts
from unknown_attempts u
join messages m on m.id = u.message_id
where m.campaign_id = $1::uuid and u.late_outcome is null;
