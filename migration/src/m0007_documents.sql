-- Documents made from clusters, their versions, and sharing them by a link.

create type public.document_status as enum ('draft', 'published', 'archived');
create type public.document_format as enum ('markdown', 'html', 'plain_text');

create table public.documents (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  cluster_id uuid,
  parent_document_id uuid,
  title text not null,
  content text not null,
  format public.document_format not null default 'markdown',
  status public.document_status not null default 'draft',
  tags text[] not null default '{}',
  version integer not null default 1,
  word_count integer not null default 0,
  reading_time integer not null default 0,
  is_public boolean not null default false,
  share_token uuid unique,
  share_password_hash text,
  share_expires_at timestamptz,
  allow_comments boolean not null default false,
  generation_metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint documents_id_user_id_key unique (id, user_id),
  constraint documents_cluster_id_user_id_fkey foreign key (cluster_id, user_id)
    references public.clusters (id, user_id) on delete set null (cluster_id),
  constraint documents_parent_document_id_user_id_fkey foreign key (parent_document_id, user_id)
    references public.documents (id, user_id) on delete set null (parent_document_id),
  constraint documents_title_length check (char_length(title) between 1 and 500),
  constraint documents_content_length check (char_length(content) <= 1000000),
  constraint documents_tags_count check (cardinality(tags) <= 20),
  constraint documents_tags_length check (private.has_lengths(tags, 1, 50)),
  constraint documents_version_range check (version >= 1),
  constraint documents_parent_not_itself check (parent_document_id <> id),
  constraint documents_share_token_when_public check (is_public = (share_token is not null)),
  constraint documents_generation_metadata_object check (jsonb_typeof(generation_metadata) = 'object'),
  constraint documents_generation_metadata_size check (pg_column_size(generation_metadata) <= 65536)
);
create index idx_documents_user_created on public.documents (user_id, created_at desc, id);
create index idx_documents_user_status on public.documents (user_id, status);
create index idx_documents_cluster on public.documents (cluster_id, created_at desc);
create index idx_documents_user_cluster on public.documents (user_id, cluster_id, created_at desc);
create index idx_documents_parent on public.documents (parent_document_id, version desc);

alter table public.documents enable row level security;
create policy "Users can view own documents" on public.documents
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own documents" on public.documents
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own documents" on public.documents
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own documents" on public.documents
  for delete to authenticated using (user_id = (select auth.uid()));

-- The password's hash is only for the server, which sets and verifies it as the owner: no API role
-- may read it, the service role no more than others.
-- Its owner learns that there is one from document_has_share_password.
revoke all on public.documents from public, anon, authenticated, service_role;
grant
  select (
    id, user_id, cluster_id, parent_document_id, title, content, format, status, tags, version, word_count,
    reading_time, is_public, share_token, share_expires_at, allow_comments, generation_metadata,
    created_at, updated_at
  )
  on public.documents to authenticated, service_role;
grant
  insert (
    id, user_id, cluster_id, parent_document_id, title, content, format, status, tags, is_public,
    share_expires_at, allow_comments, generation_metadata
  ),
  update (
    cluster_id, title, content, format, status, tags, is_public, share_expires_at, allow_comments,
    generation_metadata
  )
  on public.documents to authenticated;
grant
  insert (
    id, user_id, cluster_id, parent_document_id, title, content, format, status, tags, version, word_count,
    reading_time, is_public, share_token, share_expires_at, allow_comments, generation_metadata,
    created_at, updated_at
  ),
  update (
    id, user_id, cluster_id, parent_document_id, title, content, format, status, tags, version, word_count,
    reading_time, is_public, share_token, share_expires_at, allow_comments, generation_metadata,
    created_at, updated_at
  )
  on public.documents to service_role;
grant delete on public.documents to authenticated, service_role;

-- Words, and the minutes that reading them takes at 200 words a minute.
create function private.set_document_counts() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.word_count := regexp_count(new.content, '\S+');
  new.reading_time := ceil(new.word_count / 200.0);
  return new;
end $$;

-- A document that names a parent is the version after it.
create function private.set_document_version() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.parent_document_id is not null then
    select version + 1 into new.version from public.documents
    where id = new.parent_document_id and user_id = new.user_id;
    -- The foreign key refuses a parent that is not there.
    new.version := coalesce(new.version, 1);
  end if;
  return new;
end $$;

-- Sharing makes a token that nobody can guess (random, not ordered by time as ids are); ending it
-- forgets the token, so an old link does not come back to life. The password goes with it.
create function private.set_document_sharing() returns trigger
language plpgsql set search_path = '' as $$
begin
  if not new.is_public then
    new.share_token := null;
    new.share_password_hash := null;
  elsif new.share_token is null then
    new.share_token := gen_random_uuid();
  end if;
  return new;
end $$;

revoke execute on function
  private.set_document_counts(), private.set_document_version(), private.set_document_sharing()
  from public;

create trigger set_document_counts before insert or update of content, word_count, reading_time
  on public.documents for each row execute function private.set_document_counts();
create trigger set_document_version before insert on public.documents
  for each row execute function private.set_document_version();
create trigger set_document_sharing before insert or update of is_public, share_token, share_password_hash
  on public.documents for each row execute function private.set_document_sharing();
create trigger set_updated_at before update on public.documents
  for each row execute function private.set_updated_at();

-- The one way to somebody else's document: by its token, while it is shared. One with a password is
-- not among them, since checking it is the server's work; see shared_document_needs_password.
create function public.get_shared_document(token uuid)
returns table (
  id uuid, title text, content text, format public.document_format, tags text[], version integer,
  word_count integer, reading_time integer, allow_comments boolean, created_at timestamptz, updated_at timestamptz
)
language sql stable security definer set search_path = '' rows 1
begin atomic
  select
    d.id, d.title, d.content, d.format, d.tags, d.version,
    d.word_count, d.reading_time, d.allow_comments, d.created_at, d.updated_at
  from public.documents d
  where d.share_token = token and d.is_public and d.share_password_hash is null
    and (d.share_expires_at is null or d.share_expires_at > now());
end;
comment on function public.get_shared_document(uuid) is
  'The document shared under a token, if the sharing has not expired and asks for no password.';

create function public.shared_document_needs_password(token uuid) returns boolean
language sql stable security definer set search_path = ''
return exists (
  select from public.documents d
  where d.share_token = token and d.is_public and d.share_password_hash is not null
    and (d.share_expires_at is null or d.share_expires_at > now())
);
comment on function public.shared_document_needs_password(uuid) is
  'Whether a document is shared under the token that opens with a password only.';

create function public.document_has_share_password(document_id uuid) returns boolean
language sql stable security definer set search_path = ''
return exists (
  select from public.documents d
  where d.id = document_id and d.user_id = (select auth.uid()) and d.share_password_hash is not null
);
comment on function public.document_has_share_password(uuid) is
  'Whether the link to the caller''s document asks for a password.';

revoke execute on function
  public.get_shared_document(uuid), public.shared_document_needs_password(uuid),
  public.document_has_share_password(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.get_shared_document(uuid), public.shared_document_needs_password(uuid)
  to anon, authenticated;
grant execute on function public.document_has_share_password(uuid) to authenticated;
