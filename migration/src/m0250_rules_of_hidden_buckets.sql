-- The rules of a bucket hold for what is moved into it, whether or not who moves it is shown the bucket; and only those
-- are told of them who may write there: policies speak before what runs after them. Names of one type are one type, and
-- what stands for an empty folder has none, as where files are uploaded.

create function private.media_type(written text) returns text
language sql immutable parallel safe set search_path = ''
return case lower(trim(split_part(written, ';', 1)))
  when 'audio/x-wav' then 'audio/wav'
  when 'audio/wave' then 'audio/wav'
  when 'audio/vnd.wave' then 'audio/wav'
  when 'audio/mp3' then 'audio/mpeg'
  when 'audio/m4a' then 'audio/mp4'
  when 'audio/x-m4a' then 'audio/mp4'
  when 'image/jpg' then 'image/jpeg'
  else lower(trim(split_part(written, ';', 1)))
end;
revoke execute on function private.media_type(text) from public, anon, authenticated, service_role;

create or replace function private.heed_bucket() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  bucket storage.buckets;
  kind text := private.media_type(new.metadata ->> 'mimetype');
  is_folder boolean := new.name ~ '(^|/)\.emptyFolderPlaceholder$' and private.file_size(new.metadata) = 0;
begin
  select * into bucket from storage.buckets b where b.id = new.bucket_id;
  if private.file_size(new.metadata) > bucket.file_size_limit then
    raise exception 'The bucket "%" takes files of at most % bytes', new.bucket_id, bucket.file_size_limit
      using constraint = 'objects_bucket_size';
  end if;
  if cardinality(bucket.allowed_mime_types) > 0 and not is_folder and not exists (
    select from unnest(bucket.allowed_mime_types) allowed
    where private.media_type(allowed) in ('*', '*/*', kind, split_part(kind, '/', 1) || '/*')) then
    raise exception 'The bucket "%" does not take files of the type %', new.bucket_id, kind
      using constraint = 'objects_bucket_type';
  end if;
  return null;
end $$;

do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    drop trigger heed_bucket on storage.objects;
    create trigger heed_bucket after update of bucket_id on storage.objects
      for each row when (new.bucket_id is distinct from old.bucket_id)
      execute function private.heed_bucket();
  end if;
end $$;
