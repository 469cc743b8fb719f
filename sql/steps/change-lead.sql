-- change-lead: a person changes what is known of a lead.
-- $1 its email or phone, $2 the new status or null, $3 the new time zone or null.
-- Returns every lead that the address names, as it was: more than one (a phone can be shared) and nothing is changed.
-- What waits for the lead is skipped when it comes due, where the status says so; what its old time zone's window has put
-- aside is judged anew.
-- Two at once: the last one wins. A crash: all or nothing.
with found as materialized (
  select l.id, l.status, l.time_zone
  from leads l
  where l.email is not null and email_key(l.email) = email_key($1::text) collate "C" or l.phone = $1::text
  order by l.id
  for no key update
), changed as (
  update leads l
  set status = coalesce($2::text, l.status), time_zone = coalesce($3::text, l.time_zone), updated_at = clock()
  from found f
  where l.id = f.id and (select count(*) from found) = 1
  returning l.id
), released as (
  update messages m
  set not_before = null, held_by = null
  from changed c
  where $3::text is not null and m.lead_id = c.id and m.status = 'pending' and m.held_by = 'window'
    and m.campaign_id in (select o.id from campaigns o where o.open_count > 0)
)
select f.id, f.status as was, f.time_zone as was_in from found f;
