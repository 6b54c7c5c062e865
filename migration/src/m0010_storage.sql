-- Files: buckets and the objects in them. The bytes lie with the storage backend; a row here says
-- what and whose they are. Columns are those of Supabase Storage, whose tables stay as they are on a
-- database that has them: only the bucket and the policies on its objects are added there.

select mindloom.create_schema('storage');

do $$
begin
  if to_regclass('storage.objects') is not null then
    return;
  end if;
  insert into mindloom.created_objects values ('topic', 'storage');
  grant usage on schema storage to anon, authenticated, service_role, authenticator;

  create table storage.buckets (
    id text primary key,
    name text not null unique,
    public boolean not null default false,
    file_size_limit bigint,
    allowed_mime_types text[],
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint buckets_id_format check (id ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
    constraint buckets_name_length check (char_length(name) between 1 and 100),
    constraint buckets_file_size_limit_positive check (file_size_limit > 0)
  );

  create table storage.objects (
    id uuid primary key default uuidv7(),
    bucket_id text not null references storage.buckets (id) on delete restrict,
    name text not null,
    owner_id uuid default auth.uid() references auth.users (id) on delete set null,
    path_tokens text[] not null generated always as (string_to_array(name, '/')) stored,
    version text,
    metadata jsonb not null default '{}',
    user_metadata jsonb not null default '{}',
    last_accessed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (bucket_id, name),
    constraint objects_name_length check (char_length(name) between 1 and 1024),
    -- No empty, `.` or `..` step, so that a path means the same to every storage backend.
    constraint objects_name_format check (
      name !~ '(^|/)\.{0,2}(/|$)' and name !~ '[[:cntrl:]\\]'
    ),
    constraint objects_metadata_object check (jsonb_typeof(metadata) = 'object'),
    constraint objects_user_metadata_object check (jsonb_typeof(user_metadata) = 'object'),
    constraint objects_user_metadata_size check (pg_column_size(user_metadata) <= 16384)
  );
  create index idx_objects_owner on storage.objects (owner_id, created_at desc);

  alter table storage.buckets enable row level security;
  alter table storage.objects enable row level security;
  create policy "Signed-in users can view buckets" on storage.buckets
    for select to authenticated using (true);

  revoke all on storage.buckets, storage.objects from public, anon, authenticated, service_role;
  grant select on storage.buckets to authenticated;
  grant select, delete on storage.objects to authenticated;
  grant insert (id, bucket_id, name, owner_id, version, metadata, user_metadata),
    update (name, version, metadata, user_metadata, last_accessed_at)
    on storage.objects to authenticated;
  grant select, insert, update, delete on storage.buckets to service_role;
  grant select, delete on storage.objects to service_role;
  grant
    insert (id, bucket_id, name, owner_id, version, metadata, user_metadata, last_accessed_at, created_at, updated_at),
    update (id, bucket_id, name, owner_id, version, metadata, user_metadata, last_accessed_at, created_at, updated_at)
    on storage.objects to service_role;

  create trigger set_updated_at before update on storage.buckets
    for each row execute function private.set_updated_at();
  create trigger set_updated_at before update on storage.objects
    for each row execute function private.set_updated_at();
end $$;

-- `{user_id}/{project_id}/{timestamp}_{filename}`: the first folder says whose a recording is.
create function private.is_own_recording(bucket_id text, name text) returns boolean
language sql stable parallel safe set search_path = ''
return bucket_id = 'audio-recordings'
  and split_part(name, '/', 1) = auth.uid()::text
  and name ~ '^[0-9a-f-]{36}/[0-9a-f-]{36}/[0-9]+_[^/]+$';
revoke execute on function private.is_own_recording(text, text) from public;
grant execute on function private.is_own_recording(text, text) to authenticated;

create policy "Users can view own audio files" on storage.objects
  for select to authenticated
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text);
create policy "Users can upload own audio files" on storage.objects
  for insert to authenticated with check (private.is_own_recording(bucket_id, name));
create policy "Users can update own audio files" on storage.objects
  for update to authenticated
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text)
  with check (private.is_own_recording(bucket_id, name));
create policy "Users can delete own audio files" on storage.objects
  for delete to authenticated
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text);

-- MP3, WAV, WebM, OGG, MP4 and AAC; 50 MB: 50 × 1024 × 1024 bytes.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'audio-recordings', 'audio-recordings', false, 52428800,
  '{audio/mpeg,audio/wav,audio/webm,audio/ogg,audio/mp4,audio/aac}'
)
on conflict do nothing;
