alter function private.file_size(jsonb) set search_path = '';
alter function private.file_version(text) set search_path = '';
alter function private.is_own_recording(text, text) set search_path = '';

do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    alter function storage.foldername(text) set search_path = '';
    alter function storage.filename(text) set search_path = '';
    alter function storage.extension(text) set search_path = '';
  end if;
end $$;
