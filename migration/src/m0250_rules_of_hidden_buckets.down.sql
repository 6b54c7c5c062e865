do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    drop trigger heed_bucket on storage.objects;
  end if;
end $$;

create or replace function private.heed_bucket() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  bucket storage.buckets;
  kind text := lower(split_part(new.metadata ->> 'mimetype', ';', 1));
begin
  select * into bucket from storage.buckets b where b.id = new.bucket_id;
  if private.file_size(new.metadata) > bucket.file_size_limit then
    raise exception 'The bucket "%" takes files of at most % bytes', new.bucket_id, bucket.file_size_limit;
  end if;
  if cardinality(bucket.allowed_mime_types) > 0 and not exists (
    select from unnest(bucket.allowed_mime_types) allowed
    where lower(allowed) in ('*', '*/*', kind, split_part(kind, '/', 1) || '/*')) then
    raise exception 'The bucket "%" does not take files of the type %', new.bucket_id, kind;
  end if;
  return new;
end $$;
drop function private.media_type(text);

do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    create trigger heed_bucket before update of bucket_id on storage.objects
      for each row when (new.bucket_id is distinct from old.bucket_id)
      execute function private.heed_bucket();
  end if;
end $$;
