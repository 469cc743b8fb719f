-- release-sender-holds: what a rule of a sender has put aside is judged anew by the next claim.
-- $1 the sender, $2 the rules (domain, provider). Transition: none of state; pending stays pending. With `domain` nobody waits
-- for a slot of a domain any more: the next one to be told of is the next one there is. With `provider` what was held against
-- them is forgotten: what a person has changed may have been what was wrong.
-- Runs in the transaction that changes the rules, behind the sender's row, which a claim that puts aside by them has
-- locked: what that has put aside is seen. In the campaigns that have something open, by messages_held.
-- Two at once, a crash: nothing to see; what a claim has taken meanwhile is not pending.
with released as (
  update messages m
  set not_before = null, held_by = null
  where m.campaign_id in (select c.id from campaigns c where c.open_count > 0 and $1::uuid = any (c.sender_ids))
    and m.sender_id = $1::uuid and m.status = 'pending' and m.not_before < 'infinity' and m.held_by = any ($2::text[])
), forgotten as (
  delete from held_refusals h where h.sender_id = $1::uuid and 'provider' = any ($2::text[])
)
update sender_domains d
set horizon = null
where d.sender_id = $1::uuid and d.horizon is not null and 'domain' = any ($2::text[]);
