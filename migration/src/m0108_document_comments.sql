-- Shared documents with passwords, and comments from whoever holds the link, where the owner allows them.

create table public.document_comments (
  id uuid primary key default uuidv7(),
  document_id uuid not null references public.documents (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  content text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint document_comments_content_length check (char_length(content) between 1 and 5000)
);
create index idx_document_comments_document on public.document_comments (document_id, created_at, id);
create index idx_document_comments_user on public.document_comments (user_id, created_at desc);

create trigger set_updated_at before update on public.document_comments
  for each row execute function private.set_updated_at();

-- Whoever holds the link reads and writes comments through the server, which looks at the link. By
-- themselves they are seen by who wrote them and by the document's owner; both may take them away.
alter table public.document_comments enable row level security;
create policy "Authors and the document's owner view comments" on public.document_comments
  for select to authenticated
  using (user_id = (select auth.uid()) or exists (
    select from public.documents d where d.id = document_id and d.user_id = (select auth.uid())));
create policy "Authors and the document's owner delete comments" on public.document_comments
  for delete to authenticated
  using (user_id = (select auth.uid()) or exists (
    select from public.documents d where d.id = document_id and d.user_id = (select auth.uid())));

revoke all on public.document_comments from public, anon, authenticated, service_role;
grant select, delete on public.document_comments to authenticated;
grant select, insert, update, delete on public.document_comments to service_role;

-- The document behind a link, for the server: it checks the password, which no role of the API may
-- see, and answers in the same way whoever asks.
create function private.shared_document(token uuid)
returns table (
  id uuid, title text, content text, format public.document_format, tags text[], version integer,
  word_count integer, reading_time integer, allow_comments boolean, share_password_hash text,
  created_at timestamptz, updated_at timestamptz
)
language sql stable set search_path = '' rows 1
begin atomic
  select
    d.id, d.title, d.content, d.format, d.tags, d.version, d.word_count, d.reading_time,
    d.allow_comments, d.share_password_hash, d.created_at, d.updated_at
  from public.documents d
  where d.share_token = token and d.is_public
    and (d.share_expires_at is null or d.share_expires_at > now());
end;
comment on function private.shared_document(uuid) is
  'The document shared under a token, if the sharing has not expired, with the hash of its password.';
revoke execute on function private.shared_document(uuid) from public;

drop function public.get_shared_document(uuid), public.shared_document_needs_password(uuid);

select realtime.publish('public.document_comments');
