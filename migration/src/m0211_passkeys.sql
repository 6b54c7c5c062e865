-- Passkeys: keys of people's devices that sign them in without a password (WebAuthn), and the challenges that such a
-- key has to sign. A challenge is a row that is taken away by whoever answers it: it is good once, at any server.
--
-- On a Supabase database, where auth.users belongs to Supabase Auth, there is nothing to add.

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  create table auth.passkeys (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth.users (id) on delete cascade,
    credential_id bytea not null unique,
    credential jsonb not null,
    friendly_name text not null,
    last_used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint passkeys_friendly_name_length check (char_length(friendly_name) between 1 and 120),
    constraint passkeys_credential_id_length check (octet_length(credential_id) between 1 and 1023)
  );
  create index idx_passkeys_user_id on auth.passkeys (user_id);

  create table auth.passkey_challenges (
    id uuid primary key default uuidv7(),
    user_id uuid references auth.users (id) on delete cascade,
    state jsonb not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index idx_passkey_challenges_user_id on auth.passkey_challenges (user_id);
  create index idx_passkey_challenges_expires_at on auth.passkey_challenges (expires_at);

  alter table auth.passkeys enable row level security;
  alter table auth.passkey_challenges enable row level security;
  revoke all on auth.passkeys, auth.passkey_challenges from public, anon, authenticated, service_role;
  create trigger set_updated_at before update on auth.passkeys
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.passkey_challenges
    for each row execute function private.set_updated_at();
end $$;
