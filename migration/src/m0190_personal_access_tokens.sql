-- Personal access tokens: what people give to programs of theirs, such as an assistant, which then read and write as them. The
-- server keeps a digest of each.
--
-- On a Supabase database, where auth.users belongs to Supabase Auth, there is nothing to add.

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  create table auth.personal_access_tokens (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth.users (id) on delete cascade,
    name text not null,
    token_hash text not null unique,
    may_write boolean not null,
    last_used_at timestamptz,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint personal_access_tokens_name_length check (char_length(name) between 1 and 100),
    constraint personal_access_tokens_token_hash_sha256 check (token_hash ~ '^[0-9a-f]{64}$')
  );
  create index idx_personal_access_tokens_user on auth.personal_access_tokens (user_id, created_at desc);

  create trigger set_updated_at before update on auth.personal_access_tokens
    for each row execute function private.set_updated_at();

  alter table auth.personal_access_tokens enable row level security;
  revoke all on auth.personal_access_tokens from public, anon, authenticated, service_role;
end $$;
