-- release-held: what a campaign's old window or gap has put aside is judged anew by the next claim.
-- $1 the campaign. Transition: none of state; pending stays pending. Runs in the transaction that changes the rules,
-- which has locked the campaign. Two at once, a crash: nothing to see; what a claim has taken meanwhile is not pending.
update messages m
set not_before = null, held_by = null
where m.campaign_id = $1::uuid and m.status = 'pending' and m.not_before < 'infinity'
  and m.held_by in ('window', 'min_gap');
