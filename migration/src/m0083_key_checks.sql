-- What tells whether a server has the same secrets as the others on this database: a keyed digest of a constant
-- for each of them, by which nobody finds the secret.
create table mindloom.key_checks (
  -- The setting's variable.
  setting text primary key,
  digest bytea not null,
  updated_at timestamptz not null default now()
);
comment on table mindloom.key_checks is 'Digests by which a server with other secrets is recognised when it starts.';
alter table mindloom.key_checks enable row level security;
revoke all on mindloom.key_checks from public, anon, authenticated, service_role;
