-- Artifacts (the chat seed's "Document"): one id for all versions, one row per version.

create type public.artifact_kind as enum ('text', 'python code', 'mermaid code', 'sheet');

-- `version_id` names one version, so that a version tree can refer to its parents: the id is shared
-- by all of them.
create table public.artifacts (
  id uuid not null default uuidv7(),
  version_id uuid not null default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  chat_id uuid references public.chats (id) on delete cascade,
  parent_version_id uuid,
  version_number integer not null default 1,
  title text not null,
  content text,
  kind public.artifact_kind not null default 'text',
  metadata jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default now(),
  primary key (id, created_at),
  constraint artifacts_version_id_key unique (version_id),
  constraint artifacts_parent_version_id_fkey foreign key (parent_version_id)
    references public.artifacts (version_id) on delete set null,
  constraint artifacts_title_length check (char_length(title) between 1 and 500),
  constraint artifacts_content_length check (char_length(content) <= 1000000),
  constraint artifacts_version_number_positive check (version_number >= 1),
  constraint artifacts_metadata_object check (jsonb_typeof(metadata) = 'object'),
  constraint artifacts_metadata_size check (pg_column_size(metadata) <= 65536),
  constraint artifacts_not_own_parent check (parent_version_id <> version_id)
);
create index idx_document_user_id on public.artifacts (user_id);
create index idx_document_user on public.artifacts (user_id, created_at desc, id);
create unique index idx_document_versions on public.artifacts (id, version_number);
create index idx_document_chat on public.artifacts (chat_id, created_at desc);
create index idx_document_parent on public.artifacts (parent_version_id);
create index idx_document_kind on public.artifacts (kind);

create table public.suggestions (
  id uuid primary key default uuidv7(),
  document_id uuid not null,
  document_created_at timestamptz not null,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  original_text text not null,
  suggested_text text not null,
  description text,
  is_resolved boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint suggestions_original_text_length check (char_length(original_text) <= 100000),
  constraint suggestions_suggested_text_length check (char_length(suggested_text) <= 100000),
  constraint suggestions_description_length check (char_length(description) <= 5000),
  constraint suggestions_document_fkey foreign key (document_id, document_created_at)
    references public.artifacts (id, created_at) on delete cascade
);
create index idx_suggestion_user_id on public.suggestions (user_id, created_at desc);
create index idx_suggestion_document on public.suggestions (document_id, document_created_at);

create trigger set_updated_at before update on public.artifacts
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.suggestions
  for each row execute function private.set_updated_at();

-- A new row under a known id is its next version: the number follows the latest, the parent is the
-- latest unless an older version of the same artifact is named, and the owner must be the same.
-- Two writers at once wait for each other on the latest row.
create function private.assign_artifact_version() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  latest record;
begin
  -- Writers of one artifact wait for each other here: those that began before and after a new version
  -- was committed would lock different rows.
  perform pg_advisory_xact_lock(hashtextextended(new.id::text, 0));
  select a.user_id, a.version_id, a.version_number, a.created_at into latest
  from public.artifacts a where a.id = new.id
  order by a.version_number desc limit 1 for update;
  if not found then
    if new.parent_version_id is not null then
      raise exception 'the first version of an artifact has no parent'
        using errcode = 'check_violation', constraint = 'artifacts_first_has_no_parent',
           schema = 'public', table = 'artifacts', column = 'parent_version_id';
    end if;
    new.version_number := 1;
    return new;
  end if;
  if latest.user_id <> new.user_id then
    raise exception 'the artifact belongs to another user'
      using errcode = 'insufficient_privilege', schema = 'public', table = 'artifacts';
  end if;
  -- A writer that waited has read the row of before: count again, on what is there now.
  select max(a.version_number), max(a.created_at) into latest.version_number, latest.created_at
  from public.artifacts a where a.id = new.id;
  new.version_number := latest.version_number + 1;
  new.created_at := greatest(new.created_at, latest.created_at + interval '1 microsecond');
  if new.parent_version_id is null then
    select a.version_id into new.parent_version_id
    from public.artifacts a where a.id = new.id and a.version_number = latest.version_number;
  elsif not exists (
    select from public.artifacts a
    where a.version_id = new.parent_version_id and a.id = new.id) then
    raise exception 'the parent is not a version of this artifact'
      using errcode = 'check_violation', constraint = 'artifacts_parent_same_artifact',
         schema = 'public', table = 'artifacts', column = 'parent_version_id';
  end if;
  return new;
end $$;
create trigger artifacts_assign_version before insert on public.artifacts
  for each row execute function private.assign_artifact_version();

-- The search index holds the latest version of an artifact only.
create function private.index_artifacts() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  touched uuid[];
begin
  if tg_op = 'INSERT' then
    touched := array(select distinct id from new_rows);
  elsif tg_op = 'DELETE' then
    touched := array(select distinct id from old_rows);
  else
    touched := array(select id from new_rows union select id from old_rows);
  end if;
  insert into public.search_index as i (entity_id, entity_type, user_id, title, content)
  select distinct on (a.id) a.id, 'artifact', a.user_id, a.title, coalesce(a.content, '')
  from public.artifacts a where a.id = any (touched)
  order by a.id, a.version_number desc
  on conflict (entity_id, entity_type) do update
    set user_id = excluded.user_id, title = excluded.title, content = excluded.content
    where (i.user_id, i.title, i.content) is distinct from (excluded.user_id, excluded.title, excluded.content);
  if tg_op <> 'INSERT' then
    delete from public.search_index i
    where i.entity_type = 'artifact' and i.entity_id = any (touched)
      and not exists (select from public.artifacts a where a.id = i.entity_id);
  end if;
  return null;
end $$;
create trigger index_inserted_artifacts after insert on public.artifacts
  referencing new table as new_rows
  for each statement execute function private.index_artifacts();
create trigger index_updated_artifacts after update on public.artifacts
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.index_artifacts();
create trigger index_deleted_artifacts after delete on public.artifacts
  referencing old table as old_rows
  for each statement execute function private.index_artifacts();

alter table public.artifacts enable row level security;
alter table public.suggestions enable row level security;

create policy "Users can read own documents" on public.artifacts
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can create own documents" on public.artifacts
  for insert to authenticated
  with check (user_id = (select auth.uid()) and (chat_id is null or exists (
    select from public.chats c where c.id = chat_id and c.user_id = (select auth.uid()))));
create policy "Users can update own documents" on public.artifacts
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()) and (chat_id is null or exists (
    select from public.chats c where c.id = chat_id and c.user_id = (select auth.uid()))));
create policy "Users can delete own documents" on public.artifacts
  for delete to authenticated using (user_id = (select auth.uid()));

create policy "Users can read own suggestions" on public.suggestions
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can create own suggestions" on public.suggestions
  for insert to authenticated
  with check (user_id = (select auth.uid()) and exists (
    select from public.artifacts a
    where a.id = document_id and a.created_at = document_created_at
     and a.user_id = (select auth.uid())));
create policy "Users can update own suggestions" on public.suggestions
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own suggestions" on public.suggestions
  for delete to authenticated using (user_id = (select auth.uid()));

revoke all on public.artifacts, public.suggestions from public, anon, authenticated, service_role;
grant select, delete on public.artifacts to authenticated;
grant insert (id, user_id, chat_id, parent_version_id, title, content, kind, metadata)
  on public.artifacts to authenticated;
grant update (chat_id, title, content, kind, metadata) on public.artifacts to authenticated;
grant select, delete on public.suggestions to authenticated;
grant insert (id, document_id, document_created_at, user_id, original_text, suggested_text, description, is_resolved)
  on public.suggestions to authenticated;
grant update (original_text, suggested_text, description, is_resolved) on public.suggestions to authenticated;
grant select, insert, update, delete on public.artifacts, public.suggestions to service_role;
revoke execute on function private.assign_artifact_version(), private.index_artifacts() from public;
