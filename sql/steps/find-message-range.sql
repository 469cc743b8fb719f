-- find-message-range: between which ids the messages of a campaign lie; all of them are written by one statement.
-- $1 the campaign. Reads only, all of the campaign and nothing else, behind go-by-keys. Null where it has none.
-- `+ 0`: for the least id itself the server would walk through the messages of every campaign before this one.
select min(m.id + 0) as first, max(m.id + 0) as last from messages m where m.campaign_id = $1::uuid;
