-- A bucket for what people send along with messages: each has a folder of their own in it, called by their id. Without it
-- nobody could attach anything until an administrator had made a bucket and written its policies.

-- What models read: pictures, PDF, and texts; 20 MB: 20 × 1024 × 1024 bytes.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values (
  'chat-attachments', 'chat-attachments', false, 20971520,
  '{image/png,image/jpeg,image/gif,image/webp,application/pdf,application/json,application/xml,application/yaml,text/*}'
)
on conflict do nothing;

-- One policy for each verb, for both buckets: several would all be asked, of every row.
alter policy "Users can view own audio files" on storage.objects rename to "Users can view own files";
alter policy "Users can view own files" on storage.objects
  using (bucket_id = 'chat-attachments' and split_part(name, '/', 1) = (select auth.uid())::text
    or bucket_id = 'audio-recordings' and (
      split_part(name, '/', 1) = (select auth.uid())::text
      or split_part(name, '/', 2) = any (array(select heard::text from private.my_project_ids('viewer') heard))));
alter policy "Users can upload own audio files" on storage.objects rename to "Users can upload own files";
-- Whose a file is stands in `owner` of our own table, in `owner_id` of Supabase's.
do $$
begin
  execute format($policy$
    alter policy "Users can upload own files" on storage.objects
      with check (%I::text = (select auth.uid())::text and (
        bucket_id = 'chat-attachments' and split_part(name, '/', 1) = (select auth.uid())::text
        or private.is_own_recording(bucket_id, name)
          and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written))))
  $policy$, case when exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage')
    then 'owner' else 'owner_id' end);
end $$;
alter policy "Users can update own audio files" on storage.objects rename to "Users can update own files";
alter policy "Users can update own files" on storage.objects
  using (split_part(name, '/', 1) = (select auth.uid())::text and (
    bucket_id = 'chat-attachments'
    or bucket_id = 'audio-recordings'
      and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written))))
  with check (bucket_id = 'chat-attachments' and split_part(name, '/', 1) = (select auth.uid())::text
    or private.is_own_recording(bucket_id, name)
      and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)));
alter policy "Users can delete own audio files" on storage.objects rename to "Users can delete own files";
alter policy "Users can delete own files" on storage.objects
  using (bucket_id in ('audio-recordings', 'chat-attachments') and split_part(name, '/', 1) = (select auth.uid())::text);
