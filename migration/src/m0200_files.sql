-- Files: their bytes lie with the server's storage backend, each content under the `version` of its row. A row tells of
-- bytes that are there, and bytes that no row tells of are removed. Names of columns, functions and rights are
-- Supabase's, so that policies written for it hold here.
--
-- On a database of Supabase files are Supabase's: its tables stay as they are.

-- Contents on their way in: written down before the first byte lies anywhere, gone with the row that takes them over.
-- What is left here past its time was given up, by a client or by a server that died.
create table mindloom.file_uploads (
  version uuid primary key,
  bucket_id text not null,
  name text not null,
  -- Whose the file will be.
  owner uuid,
  expires_at timestamptz not null,
  -- The rest is of uploads that can be resumed.
  resumable boolean not null default false,
  upsert boolean not null default false,
  -- The upload's signature decides instead of its caller.
  signed boolean not null default false,
  size_bytes bigint,
  content_type text,
  cache_control text,
  user_metadata jsonb,
  -- What was received so far: the pieces under which it lies, in order, and how much it is.
  pieces text[] not null default '{}',
  offset_bytes bigint not null default 0,
  created_at timestamptz not null default now()
);
create index idx_file_uploads_expires_at on mindloom.file_uploads (expires_at);
alter table mindloom.file_uploads enable row level security;
comment on table mindloom.file_uploads is 'Contents of files that are being uploaded.';

-- Contents that no row tells of any more, until they are removed from the backend.
create table mindloom.file_removals (
  version uuid primary key,
  created_at timestamptz not null default now()
);
alter table mindloom.file_removals enable row level security;
comment on table mindloom.file_removals is 'Contents of files that wait to be removed.';

-- How much the files of a person take.
create table mindloom.file_usage (
  owner uuid primary key references auth.users (id) on delete cascade,
  file_count bigint not null default 0,
  size_bytes bigint not null default 0
);
alter table mindloom.file_usage enable row level security;
comment on table mindloom.file_usage is 'How many files people have, and how large they are together.';

create function private.file_size(metadata jsonb) returns bigint
language sql immutable parallel safe set search_path = ''
return case when jsonb_typeof(metadata -> 'size') = 'number' then (metadata ->> 'size')::numeric::bigint else 0 end;

-- The key of a content; null for what is none.
create function private.file_version(version text) returns uuid
language sql immutable parallel safe set search_path = ''
return case when version ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then version::uuid end;

-- Removal is a job. One that waits already will find what is added here, unless it ends before: then the next one does.
create function private.remove_files_soon() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (
    select from public.job_queue j where j.unique_key = 'storage.remove_files' and j.status = 'pending') then
    perform private.enqueue_job('storage.remove_files', '{}', null, 'storage.remove_files');
  end if;
end $$;

-- A version is named by the upload that brought its bytes, once. A content that is replaced waits to be removed.
create function private.take_over_file() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.version is not null and (tg_op = 'INSERT' or new.version is distinct from old.version) then
    delete from mindloom.file_uploads u where u.version = private.file_version(new.version);
    if not found then
      raise exception 'A file appears with its bytes: upload it, there is no other way'
        using errcode = '23514', constraint = 'objects_version_uploaded';
    end if;
  end if;
  if tg_op = 'UPDATE' and new.version is distinct from old.version then
    insert into mindloom.file_removals (version)
    select k.key from private.file_version(old.version) k (key) where k.key is not null
    on conflict do nothing;
    perform private.remove_files_soon();
  elsif tg_op = 'UPDATE' and new.metadata is distinct from old.metadata then
    raise exception 'What the server knows of a file changes with its bytes alone'
      using errcode = '23514', constraint = 'objects_metadata_kept';
  end if;
  return null;
end $$;

-- What a person's files take, and whether that is more than they may have: the server says how much that is
-- (`mindloom.file_quota`) when it writes for somebody who has a quota.
create function private.count_files(p_owner uuid, p_files bigint, p_bytes bigint) returns void
language plpgsql security definer set search_path = '' as $$
declare
  quota bigint := nullif(current_setting('mindloom.file_quota', true), '')::bigint;
  used bigint;
begin
  if p_owner is null or (p_files = 0 and p_bytes = 0) then
    return;
  end if;
  update mindloom.file_usage u set file_count = u.file_count + p_files, size_bytes = u.size_bytes + p_bytes
  where u.owner = p_owner returning u.size_bytes into used;
  if not found and p_bytes >= 0 then
    insert into mindloom.file_usage as u (owner, file_count, size_bytes) values (p_owner, p_files, p_bytes)
    on conflict (owner) do update
    set file_count = u.file_count + excluded.file_count, size_bytes = u.size_bytes + excluded.size_bytes
    returning u.size_bytes into used;
  end if;
  if p_bytes > 0 and used > quota then
    raise exception 'The files of this account may have % bytes together; delete some, or ask for more room', quota
      using errcode = 'ML001', constraint = 'fileBytes', column = quota::text;
  end if;
end $$;

create function private.count_inserted_files() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.count_files(n.owner, count(*), sum(private.file_size(n.metadata))::bigint)
  from added n where n.owner is not null group by n.owner;
  return null;
end $$;

create function private.count_updated_files() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.count_files(c.owner, sum(c.files)::bigint, sum(c.bytes)::bigint)
  from (
    select n.owner, 1 as files, private.file_size(n.metadata) as bytes from added n
    union all
    select o.owner, -1, -private.file_size(o.metadata) from gone o) c
  where c.owner is not null group by c.owner;
  return null;
end $$;

create function private.give_up_files() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.count_files(o.owner, -count(*), -sum(private.file_size(o.metadata))::bigint)
  from gone o where o.owner is not null group by o.owner;
  insert into mindloom.file_removals (version)
  select k.key from gone o, private.file_version(o.version) k (key) where k.key is not null
  on conflict do nothing;
  if found then
    perform private.remove_files_soon();
  end if;
  return null;
end $$;

create function private.give_up_all_files() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into mindloom.file_removals (version)
  select k.key from storage.objects o, private.file_version(o.version) k (key)
  where k.key is not null on conflict do nothing;
  delete from mindloom.file_usage;
  perform private.remove_files_soon();
  return null;
end $$;

revoke execute on function private.file_size(jsonb), private.file_version(text), private.remove_files_soon(), private.take_over_file(),
  private.count_files(uuid, bigint, bigint), private.count_inserted_files(), private.count_updated_files(),
  private.give_up_files(), private.give_up_all_files() from public;

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    return;
  end if;

  -- Policies of Supabase's users compare `owner` with auth.uid(), and `owner_id`, which is text, with its text.
  alter table storage.objects rename column owner_id to owner;
  alter table storage.objects add column owner_id text generated always as (owner::text) stored;
  -- A person's files go with their account.
  alter table storage.objects drop constraint objects_owner_id_fkey,
    add constraint objects_owner_fkey foreign key (owner) references auth.users (id) on delete cascade;
  alter table storage.objects add constraint objects_name_bytes check (octet_length(name) <= 1024);
  comment on constraint objects_name_bytes on storage.objects is
    'name may have 1,024 bytes at most; letters outside of ASCII have two to four';
  alter table storage.objects add constraint objects_name_normal check (name is nfc normalized);
  comment on constraint objects_name_normal on storage.objects is
    'name must be in Unicode''s normal form C';
  create unique index idx_objects_version on storage.objects (version);
  -- Folders are listed by what their names begin with.
  create index idx_objects_bucket_name_c on storage.objects (bucket_id, name collate "C");

  -- As Supabase's names, but for those that stand for something else in an address.
  alter table storage.buckets drop constraint buckets_id_format,
    add constraint buckets_id_format check (
      id ~ '^[A-Za-z0-9_]([A-Za-z0-9_!.*''() &$=@;:+,?-]{0,98}[A-Za-z0-9_!.*''()&$=@;:+,?-])?$'
      and id not in ('authenticated', 'copy', 'info', 'list', 'list-v2', 'move', 'public', 'sign', 'upload'));

  comment on constraint buckets_id_format on storage.buckets is
    'id must be 1 to 100 letters, digits, spaces and _!.*''()&$=@;:+,?-, without a space at either end, and not be a word '
    'of addresses, such as public or sign';

  create function storage.foldername(name text) returns text[]
  language sql immutable parallel safe set search_path = ''
  return (string_to_array(name, '/'))[1:array_length(string_to_array(name, '/'), 1) - 1];
  create function storage.filename(name text) returns text
  language sql immutable parallel safe set search_path = ''
  return (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)];
  create function storage.extension(name text) returns text
  language sql immutable parallel safe set search_path = ''
  return reverse(split_part(reverse((string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)]), '.', 1));
  revoke execute on function storage.foldername(text), storage.filename(text), storage.extension(text) from public;
  grant execute on function storage.foldername(text), storage.filename(text), storage.extension(text)
    to anon, authenticated, service_role;

  -- What strangers may do, policies say, as for those who are signed in.
  grant select on storage.buckets to anon;
  grant select, delete on storage.objects to anon;
  grant insert (id, bucket_id, name, version, metadata, user_metadata),
    update (bucket_id, name, version, metadata, user_metadata, last_accessed_at) on storage.objects to anon;
  grant update (bucket_id) on storage.objects to authenticated;

  create trigger take_over_file after insert or update on storage.objects
    for each row execute function private.take_over_file();
  create trigger count_inserted_files after insert on storage.objects
    referencing new table as added for each statement execute function private.count_inserted_files();
  create trigger count_updated_files after update on storage.objects
    referencing old table as gone new table as added for each statement execute function private.count_updated_files();
  create trigger give_up_files after delete on storage.objects
    referencing old table as gone for each statement execute function private.give_up_files();
  create trigger give_up_all_files before truncate on storage.objects
    for each statement execute function private.give_up_all_files();

  insert into mindloom.file_usage (owner, file_count, size_bytes)
  select o.owner, count(*), sum(private.file_size(o.metadata))
  from storage.objects o where o.owner is not null group by o.owner;

  perform realtime.publish('storage.buckets');
  perform realtime.publish('storage.objects');
end $$;

-- The row counts as before, under the column's name of now.
create or replace function private.measure_files(target uuid) returns setof integer
language plpgsql stable security definer set search_path = '' as $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    return query select pg_column_size(t) from storage.objects t where t.owner = target;
  end if;
end $$;
