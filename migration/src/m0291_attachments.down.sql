alter policy "Users can view own files" on storage.objects rename to "Users can view own audio files";
alter policy "Users can view own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and (
    split_part(name, '/', 1) = (select auth.uid())::text
    or split_part(name, '/', 2) = any (array(select heard::text from private.my_project_ids('viewer') heard))));
alter policy "Users can upload own files" on storage.objects rename to "Users can upload own audio files";
do $$
begin
  execute format($policy$
    alter policy "Users can upload own audio files" on storage.objects
      with check (private.is_own_recording(bucket_id, name)
        and %I::text = (select auth.uid())::text
        and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)))
  $policy$, case when exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage')
    then 'owner' else 'owner_id' end);
end $$;
alter policy "Users can update own files" on storage.objects rename to "Users can update own audio files";
alter policy "Users can update own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text
    and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)))
  with check (private.is_own_recording(bucket_id, name)
    and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)));
alter policy "Users can delete own files" on storage.objects rename to "Users can delete own audio files";
alter policy "Users can delete own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text);
-- The bucket stays where files are in it: taking the migration back loses nobody's.
delete from storage.buckets b
where b.id = 'chat-attachments' and not exists (select from storage.objects o where o.bucket_id = b.id);
