do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    -- In the order of before, so that the catalog is the same.
    revoke insert (owner_id), update (owner_id) on storage.objects from service_role;
    grant insert (owner_id) on storage.objects to authenticated;
    grant insert (owner_id), update (owner_id) on storage.objects to service_role;
  end if;
end $$;
alter policy "Users can update own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text)
  with check (private.is_own_recording(bucket_id, name));
alter policy "Users can upload own audio files" on storage.objects
  with check (private.is_own_recording(bucket_id, name));
alter policy "Users can view own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and (
    split_part(name, '/', 1) = (select auth.uid())::text
    or split_part(name, '/', 2) = any (array(select shared::text from private.shared_project_ids('viewer') shared))));
