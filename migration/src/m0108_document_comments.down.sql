select realtime.unpublish('public.document_comments');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
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

revoke execute on function
  public.get_shared_document(uuid), public.shared_document_needs_password(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.get_shared_document(uuid), public.shared_document_needs_password(uuid)
  to anon, authenticated;
drop function private.shared_document(uuid);
drop table public.document_comments;
