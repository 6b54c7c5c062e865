-- What signing in needs beyond the tables of m0002: assurance levels, second factors, signing keys,
-- mails that wait to be sent, and sign-ins that are under way at another provider.
--
-- On a Supabase database, where auth.users belongs to Supabase Auth, there is nothing to add.

-- Demands a second factor of everybody who reads or writes a table, or no longer demands it.
create function private.require_aal2(target regclass, required boolean) returns void
language plpgsql set search_path = '' as $$
declare
  present boolean := exists (
    select from pg_catalog.pg_policy where polrelid = target and polname = 'A second factor is required'
  );
begin
  if required and not present then
    execute format(
      'create policy "A second factor is required" on %s as restrictive to anon, authenticated '
      'using ((select auth.jwt() ->> ''aal'') = ''aal2'') '
      'with check ((select auth.jwt() ->> ''aal'') = ''aal2'')', target);
  elsif present and not required then
    execute format('drop policy "A second factor is required" on %s', target);
  end if;
end $$;
revoke execute on function private.require_aal2(regclass, boolean) from public;

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  alter table auth.sessions
    add column aal text not null default 'aal1',
    add column amr jsonb not null default '[]',
    add column refreshed_at timestamptz not null default now(),
    add constraint sessions_aal_known check (aal in ('aal1', 'aal2')),
    add constraint sessions_amr_array check (jsonb_typeof(amr) = 'array');

  -- A used token and this nonce together give its successor, so that whoever repeats the request
  -- within the grace period gets the same answer. The nonce alone gives nothing.
  alter table auth.refresh_tokens add column child_nonce bytea;

  alter table auth.verification_tokens
    add column code_hash bytea,
    add column attempts integer not null default 0,
    add column redirect_to text,
    add constraint verification_tokens_redirect_to_length check (char_length(redirect_to) <= 2048),
    drop constraint verification_tokens_purpose_known,
    add constraint verification_tokens_purpose_known check (purpose in (
      'confirm_email', 'change_email', 'recover_password', 'magic_link', 'one_time_code', 'reauthenticate'));

  create table auth.mfa_factors (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth.users (id) on delete cascade,
    friendly_name text not null,
    secret_sealed bytea not null,
    verified_at timestamptz,
    last_step bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint mfa_factors_friendly_name_length check (char_length(friendly_name) between 1 and 100)
  );
  create index idx_mfa_factors_user_id on auth.mfa_factors (user_id);

  create table auth.mfa_recovery_codes (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth.users (id) on delete cascade,
    code_hash text not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint mfa_recovery_codes_code_hash_sha256 check (code_hash ~ '^[0-9a-f]{64}$'),
    unique (user_id, code_hash)
  );

  create table auth.signing_keys (
    id uuid primary key default uuidv7(),
    algorithm text not null,
    public_jwk jsonb,
    private_sealed bytea not null,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint signing_keys_algorithm_known check (algorithm in ('HS256', 'ES256', 'EdDSA')),
    constraint signing_keys_public_unless_symmetric check ((public_jwk is null) = (algorithm = 'HS256'))
  );

  create table auth.mail_outbox (
    id uuid primary key default uuidv7(),
    recipient text not null,
    subject text not null,
    body_sealed bytea,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    sent_at timestamptz,
    last_error text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint mail_outbox_recipient_length check (char_length(recipient) <= 320)
  );
  create index idx_mail_outbox_due on auth.mail_outbox (next_attempt_at) where sent_at is null;

  create table auth.oauth_flows (
    id uuid primary key default uuidv7(),
    state_hash text not null unique,
    provider text not null,
    verifier_sealed bytea not null,
    nonce text not null,
    code_challenge text not null,
    redirect_to text not null,
    link_user_id uuid references auth.users (id) on delete cascade,
    code_hash text unique,
    provider_account_id text,
    email text,
    email_verified boolean not null default false,
    profile jsonb,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint oauth_flows_state_hash_sha256 check (state_hash ~ '^[0-9a-f]{64}$'),
    constraint oauth_flows_code_hash_sha256 check (code_hash ~ '^[0-9a-f]{64}$'),
    constraint oauth_flows_code_has_identity check ((code_hash is null) = (provider_account_id is null))
  );
  create index idx_oauth_flows_link_user_id on auth.oauth_flows (link_user_id);
  create index idx_oauth_flows_expires_at on auth.oauth_flows (expires_at);

  -- Sessions that ended lately. Their access tokens live on for up to a day; a server that starts, or was
  -- not listening when they ended, learns here which to refuse.
  create table auth.ended_sessions (
    session_id uuid primary key,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index idx_ended_sessions_created_at on auth.ended_sessions (created_at);

  alter table auth.mfa_factors enable row level security;
  alter table auth.mfa_recovery_codes enable row level security;
  alter table auth.signing_keys enable row level security;
  alter table auth.mail_outbox enable row level security;
  alter table auth.oauth_flows enable row level security;
  alter table auth.ended_sessions enable row level security;
  revoke all on
    auth.mfa_factors, auth.mfa_recovery_codes, auth.signing_keys, auth.mail_outbox, auth.oauth_flows,
    auth.ended_sessions
    from public, anon, authenticated, service_role;

  create trigger set_updated_at before update on auth.mfa_factors
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.mfa_recovery_codes
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.signing_keys
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.mail_outbox
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.oauth_flows
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on auth.ended_sessions
    for each row execute function private.set_updated_at();

  -- Whatever ends a session (signing out, a ban, a deleted account, a stolen token) tells every server,
  -- which then closes the streams that the session's access tokens opened.
  create function private.announce_ended_sessions() returns trigger
  language plpgsql security definer set search_path = '' as $body$
  begin
    insert into auth.ended_sessions (session_id)
      select ended.id from ended where ended.expires > now() on conflict do nothing;
    perform pg_catalog.pg_notify('mindloom_sessions', ended.id::text) from ended where ended.expires > now();
    return null;
  end $body$;
  revoke execute on function private.announce_ended_sessions() from public;
  create trigger announce_ended_sessions after delete on auth.sessions
    referencing old table as ended
    for each statement execute function private.announce_ended_sessions();

  create function private.announce_signing_keys() returns trigger
  language plpgsql security definer set search_path = '' as $body$
  begin
    perform pg_catalog.pg_notify('mindloom_signing_keys', '');
    return null;
  end $body$;
  revoke execute on function private.announce_signing_keys() from public;
  create trigger announce_signing_keys after insert or update or delete on auth.signing_keys
    for each statement execute function private.announce_signing_keys();
end $$;
