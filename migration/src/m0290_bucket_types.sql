-- What a bucket takes is said in media types, whoever says it: storage-js' createBucket has refused others, a GraphQL
-- mutation did not. Buckets from before keep what they say until it is changed. On a database of Supabase files are
-- Supabase's.

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    return;
  end if;
  alter table storage.buckets add constraint buckets_allowed_mime_types_format check (
    cardinality(allowed_mime_types) <= 100 and array_position(allowed_mime_types, null) is null
    and octet_length(array_to_string(allowed_mime_types, E'\n')) <= 25500
    and (cardinality(allowed_mime_types) = 0 or array_to_string(allowed_mime_types, E'\n')
      ~ '^(\*|[A-Za-z0-9+._-]+)/(\*|[A-Za-z0-9+._-]+)(;[^\n]*)?(\n(\*|[A-Za-z0-9+._-]+)/(\*|[A-Za-z0-9+._-]+)(;[^\n]*)?)*$')
  ) not valid;
  comment on constraint buckets_allowed_mime_types_format on storage.buckets is
    'allowed_mime_types must be at most 100 media types, such as image/png or image/*';
end $$;
