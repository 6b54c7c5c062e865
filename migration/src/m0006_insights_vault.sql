-- Weekly insights, and the vault of notes that only their owner's device can read.

create table public.insights (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  content text not null,
  week_start timestamptz not null,
  week_end timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint insights_title_length check (char_length(title) between 1 and 200),
  constraint insights_content_length check (char_length(content) between 1 and 50000),
  constraint insights_week_order check (week_end > week_start)
);
create index idx_insights_user_created on public.insights (user_id, created_at desc, id);
create index idx_insights_user_week on public.insights (user_id, week_start desc);
-- For the yearly clean-up, which knows no owner.
create index idx_insights_created_at on public.insights (created_at);

-- The client encrypts before it sends; the server knows neither key nor text.
create table public.vault_notes (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  ciphertext text not null,
  iv text not null,
  salt text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint vault_notes_ciphertext_length check (char_length(ciphertext) between 1 and 1000000),
  constraint vault_notes_iv_length check (char_length(iv) between 1 and 128),
  constraint vault_notes_salt_length check (char_length(salt) between 1 and 256)
);
create index idx_vault_notes_user_created on public.vault_notes (user_id, created_at desc, id);

alter table public.insights enable row level security;
create policy "Users can view own insights" on public.insights
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own insights" on public.insights
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own insights" on public.insights
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own insights" on public.insights
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.vault_notes enable row level security;
create policy "Users can view own vault notes" on public.vault_notes
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own vault notes" on public.vault_notes
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own vault notes" on public.vault_notes
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own vault notes" on public.vault_notes
  for delete to authenticated using (user_id = (select auth.uid()));

revoke all on public.insights, public.vault_notes from public, anon, authenticated, service_role;
grant select, delete on public.insights, public.vault_notes to authenticated;
grant
  insert (id, user_id, title, content, week_start, week_end),
  update (title, content, week_start, week_end)
  on public.insights to authenticated;
grant insert (id, user_id, ciphertext, iv, salt), update (ciphertext, iv, salt)
  on public.vault_notes to authenticated;
grant select, insert, update, delete on public.insights, public.vault_notes to service_role;

create trigger set_updated_at before update on public.insights
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.vault_notes
  for each row execute function private.set_updated_at();
