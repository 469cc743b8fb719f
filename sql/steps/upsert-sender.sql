-- upsert-sender: one sender of a document.
-- $1 name, $2 channel, $3 from, $4 url, $5 username, $6 password_env, $7 connections, $8 lease, $9 timeout (intervals).
-- What changed may have cured its trouble: the next tick finds out.
insert into senders (name, channel, from_mailbox, url, username, password_env, connections, lease, timeout)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::int4, $8::interval, $9::interval)
on conflict (name) do update
set from_mailbox = excluded.from_mailbox, url = excluded.url, username = excluded.username,
    password_env = excluded.password_env, connections = excluded.connections, lease = excluded.lease,
    timeout = excluded.timeout, trouble = null, trouble_since = null, updated_at = clock()
returning id;
