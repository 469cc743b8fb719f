-- failed_messages(): the failed messages of a campaign that a person asks for.
-- $1 the campaign, $2 one message, $3 what their failure reason has in it, in any case, $4 when they failed at the
-- earliest; null is any. One query, so that what is counted is what is moved: it is inlined where it is called, and finds
-- them by the index messages_failed.
create or replace function failed_messages(campaign uuid, message bigint, reason text, since timestamptz)
  returns setof messages
  language sql stable
  as $$
    select m.*
    from messages m
    where m.campaign_id = $1 and m.status = 'failed' and ($2 is null or m.id = $2)
      and ($3 is null or position(lower($3) in lower(m.failure_reason)) > 0) and ($4 is null or m.failed_at >= $4)
  $$;
