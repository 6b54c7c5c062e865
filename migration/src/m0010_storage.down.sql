drop policy "Users can view own audio files" on storage.objects;
drop policy "Users can upload own audio files" on storage.objects;
drop policy "Users can update own audio files" on storage.objects;
drop policy "Users can delete own audio files" on storage.objects;
drop function private.is_own_recording(text, text);

-- On somebody else's tables the bucket stays: files may lie in it.
do $$
begin
  delete from mindloom.created_objects where kind = 'topic' and name = 'storage';
  if found then
    drop table storage.objects, storage.buckets;
    revoke usage on schema storage from anon, authenticated, service_role, authenticator;
  end if;
end $$;
select mindloom.drop_schema('storage');
