-- Links that make their holder an administrator: one that a server without any prints when it starts, and those of
-- `mindloom admin create EMAIL`. What is kept of a link is its hash; a link that was used is gone.

create table private.admin_invitations (
  token_hash text primary key,
  -- Whose it is; null: of whoever comes first, as long as there is no administrator.
  email text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint admin_invitations_token_hash_sha256 check (token_hash ~ '^[0-9a-f]{64}$'),
  constraint admin_invitations_email_lower check (email = lower(email) and char_length(email) between 3 and 254)
);
alter table private.admin_invitations enable row level security;
revoke all on private.admin_invitations from public, anon, authenticated, service_role;
