do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    alter table storage.buckets drop constraint buckets_allowed_mime_types_format;
  end if;
end $$;
