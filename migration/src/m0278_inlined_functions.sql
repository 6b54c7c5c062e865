-- What policies on files ask for every row becomes part of the statement that asks. A function with a search path of its
-- own is called instead, each time under a changed setting; these need none, because their bodies were read when they were
-- made. For a thousand files that are signed at once, policies take half the time.
alter function private.file_size(jsonb) reset search_path;
alter function private.file_version(text) reset search_path;
alter function private.is_own_recording(text, text) reset search_path;

-- On a database of Supabase these are Supabase's.
do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    alter function storage.foldername(text) reset search_path;
    alter function storage.filename(text) reset search_path;
    alter function storage.extension(text) reset search_path;
  end if;
end $$;
