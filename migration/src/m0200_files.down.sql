do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    perform realtime.unpublish('storage.objects');
    perform realtime.unpublish('storage.buckets');
    -- So that they get the same numbers when they are published again.
    perform setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
    drop trigger take_over_file on storage.objects;
    drop trigger count_inserted_files on storage.objects;
    drop trigger count_updated_files on storage.objects;
    drop trigger give_up_files on storage.objects;
    drop trigger give_up_all_files on storage.objects;
    revoke update (bucket_id) on storage.objects from authenticated;
    revoke insert (id, bucket_id, name, version, metadata, user_metadata),
      update (bucket_id, name, version, metadata, user_metadata, last_accessed_at) on storage.objects from anon;
    revoke select, delete on storage.objects from anon;
    revoke select on storage.buckets from anon;
    drop function storage.foldername(text), storage.filename(text), storage.extension(text);
    alter table storage.buckets drop constraint buckets_id_format,
      add constraint buckets_id_format check (id ~ '^[a-z0-9][a-z0-9._-]{1,62}$');
    drop index storage.idx_objects_bucket_name_c, storage.idx_objects_version;
    alter table storage.objects drop constraint objects_name_bytes, drop constraint objects_name_normal;
    alter table storage.objects drop column owner_id;
    alter table storage.objects rename column owner to owner_id;
    alter table storage.objects drop constraint objects_owner_fkey,
      add constraint objects_owner_id_fkey foreign key (owner_id) references auth.users (id) on delete set null;
  end if;
end $$;
create or replace function private.measure_files(target uuid) returns setof integer
language plpgsql stable security definer set search_path = '' as $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    return query select pg_column_size(t) from storage.objects t where t.owner_id = target;
  end if;
end $$;
drop function private.give_up_all_files(), private.give_up_files(), private.count_updated_files(),
  private.count_inserted_files(), private.count_files(uuid, bigint, bigint), private.take_over_file(),
  private.remove_files_soon(), private.file_version(text), private.file_size(jsonb);
drop table mindloom.file_usage, mindloom.file_removals, mindloom.file_uploads;
