-- How an email sender says who it is, and logs in.

alter table senders
  add column helo            text,                          -- the name in EHLO; null: the host's own
  add column allow_cleartext boolean not null default false,-- whether it may log in where nothing is encrypted
  add column token_env       text check (token_env like 'SENDER\_%'),  -- instead of a password: the variable with a token
  add constraint senders_secret check (password_env is null or token_env is null);
