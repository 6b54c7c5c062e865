-- Accounts and sessions. No API role holds any right on these tables: the server's own sign-in
-- uses them as their owner. Row level security is on without a policy, so that even a grant made
-- by mistake would show nothing.
--
-- On a Supabase database auth.users, auth.sessions and auth.refresh_tokens belong to Supabase Auth,
-- which then keeps signing people in; they are left as they are. There the role that migrates may
-- also be refused new tables in auth, so the ones that only this server's sign-in needs are left
-- out as well.

do $$
begin
  if to_regclass('auth.users') is not null then
    return;
  end if;
  insert into mindloom.created_objects values ('topic', 'auth');

  create table auth.users (
    id uuid primary key default uuidv7(),
    email text unique,
    encrypted_password text,
    email_confirmed_at timestamptz,
    raw_user_meta_data jsonb not null default '{}',
    raw_app_meta_data jsonb not null default '{}',
    is_anonymous boolean not null default false,
    banned_until timestamptz,
    last_sign_in_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_email_lower_case check (email = lower(email)),
    constraint users_email_format check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    constraint users_email_length check (char_length(email) <= 255),
    constraint users_raw_user_meta_data_object check (jsonb_typeof(raw_user_meta_data) = 'object'),
    constraint users_raw_user_meta_data_size check (pg_column_size(raw_user_meta_data) <= 65536),
    constraint users_raw_app_meta_data_object check (jsonb_typeof(raw_app_meta_data) = 'object')
  );

  create table auth.accounts (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth.users (id) on delete cascade,
    type text not null,
    provider text not null,
    provider_account_id text not null,
    refresh_token text,
    access_token text,
    expires_at bigint,
    token_type text,
    scope text,
    id_token text,
    session_state text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint accounts_type_known check (type in ('oauth', 'oidc')),
    constraint accounts_provider_length check (char_length(provider) between 1 and 100),
    constraint accounts_provider_account_id_length check (char_length(provider_account_id) between 1 and 255),
    unique (provider, provider_account_id)
  );
  create index idx_accounts_user_id on auth.accounts (user_id);

  create table auth.sessions (
    id uuid primary key default uuidv7(),
    session_token text not null unique,
    user_id uuid not null references auth.users (id) on delete cascade,
    user_agent text,
    ip inet,
    expires timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint sessions_session_token_sha256 check (session_token ~ '^[0-9a-f]{64}$'),
    constraint sessions_user_agent_length check (char_length(user_agent) <= 1000)
  );
  create index idx_sessions_user_id on auth.sessions (user_id, created_at desc);
  create index idx_sessions_expires on auth.sessions (expires);

  -- A session is the family of its tokens. A token is good once; what replaced it names it as parent.
  create table auth.refresh_tokens (
    id uuid primary key default uuidv7(),
    token_hash text not null unique,
    user_id uuid not null references auth.users (id) on delete cascade,
    session_id uuid not null references auth.sessions (id) on delete cascade,
    parent_id uuid references auth.refresh_tokens (id) on delete set null,
    used_at timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint refresh_tokens_token_hash_sha256 check (token_hash ~ '^[0-9a-f]{64}$')
  );
  create index idx_refresh_tokens_user_id on auth.refresh_tokens (user_id);
  create index idx_refresh_tokens_session_id on auth.refresh_tokens (session_id, created_at desc);
  create index idx_refresh_tokens_parent_id on auth.refresh_tokens (parent_id);
  create index idx_refresh_tokens_expires_at on auth.refresh_tokens (expires_at);

  create table auth.verification_tokens (
    id uuid primary key default uuidv7(),
    user_id uuid references auth.users (id) on delete cascade,
    identifier text not null,
    token_hash text not null unique,
    purpose text not null,
    expires timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint verification_tokens_identifier_length check (char_length(identifier) between 1 and 255),
    constraint verification_tokens_token_hash_sha256 check (token_hash ~ '^[0-9a-f]{64}$'),
    constraint verification_tokens_purpose_known
      check (purpose in ('confirm_email', 'change_email', 'recover_password', 'magic_link', 'one_time_code'))
  );
  create index idx_verification_tokens_user_id on auth.verification_tokens (user_id, purpose);
  create index idx_verification_tokens_identifier on auth.verification_tokens (identifier, purpose);
  create index idx_verification_tokens_expires on auth.verification_tokens (expires);

  alter table auth.users enable row level security;
  alter table auth.accounts enable row level security;
  alter table auth.sessions enable row level security;
  alter table auth.refresh_tokens enable row level security;
  alter table auth.verification_tokens enable row level security;
  revoke all on auth.users, auth.accounts, auth.sessions, auth.refresh_tokens, auth.verification_tokens
    from public, anon, authenticated, service_role;

  create trigger set_updated_at before update on auth.users
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.accounts
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.sessions
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.refresh_tokens
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.verification_tokens
    for each row execute function private.set_updated_at();
end $$;
