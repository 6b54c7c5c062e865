-- The files of a project are for the people of the project. Its owner hears what collaborators
-- recorded, and nobody puts a file under a project that they may not write to, or in another's name.

alter policy "Users can view own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and (
    split_part(name, '/', 1) = (select auth.uid())::text
    or split_part(name, '/', 2) = any (array(select heard::text from private.my_project_ids('viewer') heard))));
alter policy "Users can upload own audio files" on storage.objects
  with check (private.is_own_recording(bucket_id, name)
    and owner_id::text = (select auth.uid())::text
    and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)));
-- Whoever lost the project can still delete what is theirs, but not replace it.
alter policy "Users can update own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and split_part(name, '/', 1) = (select auth.uid())::text
    and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)))
  with check (private.is_own_recording(bucket_id, name)
    and split_part(name, '/', 2) = any (array(select written::text from private.my_project_ids('editor') written)));

-- Whose a file is, the default says, which is the caller. On Supabase's tables the grants are theirs;
-- the policy above holds there as well.
do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    revoke insert (owner_id) on storage.objects from authenticated;
  end if;
end $$;
