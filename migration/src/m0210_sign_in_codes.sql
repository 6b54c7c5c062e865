-- Sign-ins that end in the client which began them: mails whose link brings a code back, as a provider does, and
-- providers whose answer goes to a page at once, because the client asked without a secret of its own.
--
-- On a Supabase database, where auth.users belongs to Supabase Auth, there is nothing to add.

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  alter table auth.verification_tokens
    add column code_challenge text,
    drop constraint verification_tokens_purpose_known,
    add constraint verification_tokens_purpose_known check (purpose in (
      'confirm_email', 'change_email', 'recover_password', 'magic_link', 'one_time_code', 'reauthenticate',
      'invite'));

  alter table auth.oauth_flows
    alter column code_challenge drop not null,
    add column link_session_id uuid references auth.sessions (id) on delete cascade;
  create index idx_oauth_flows_link_session_id on auth.oauth_flows (link_session_id);

  create table auth.sign_in_codes (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth.users (id) on delete cascade,
    code_hash text not null unique,
    code_challenge text not null,
    method text not null,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint sign_in_codes_code_hash_sha256 check (code_hash ~ '^[0-9a-f]{64}$'),
    constraint sign_in_codes_method_known check (method in ('otp', 'recovery'))
  );
  create index idx_sign_in_codes_user_id on auth.sign_in_codes (user_id);
  create index idx_sign_in_codes_expires_at on auth.sign_in_codes (expires_at);

  alter table auth.sign_in_codes enable row level security;
  revoke all on auth.sign_in_codes from public, anon, authenticated, service_role;
  create trigger set_updated_at before update on auth.sign_in_codes
    for each row execute function private.set_updated_at();
end $$;
