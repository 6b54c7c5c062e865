-- A recording names its file, and there is one: what is heard in it is read from the file by a job. When a recording goes,
-- in whatever way, so does its file.

alter table public.audio_recordings
  add column sample_rate_hz integer,
  add column channel_count integer,
  add column tags jsonb not null default '{}',
  add constraint audio_recordings_sample_rate_hz_positive check (sample_rate_hz > 0),
  add constraint audio_recordings_channel_count_positive check (channel_count > 0),
  add constraint audio_recordings_tags_object check (jsonb_typeof(tags) = 'object');

create function private.check_recording_file() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not exists (
    select from storage.objects o where o.bucket_id = 'audio-recordings' and o.name = new.storage_path) then
    raise exception 'There is no file % in the bucket audio-recordings: upload it first', new.storage_path
      using errcode = 'P0001';
  end if;
  return null;
end $$;

create function private.read_recording_soon() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from storage.objects o
    where o.bucket_id = 'audio-recordings' and o.name = new.storage_path and o.version is not null) then
    perform private.enqueue_job('storage.read_recording', jsonb_build_object('recording', new.id), new.user_id);
  end if;
  return null;
end $$;

create function private.remove_recording_files() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from storage.objects o using gone g
  where o.bucket_id = 'audio-recordings' and o.name = g.storage_path;
  return null;
end $$;

revoke execute on function private.check_recording_file(), private.read_recording_soon(),
  private.remove_recording_files() from public;

-- On a database of Supabase files are Supabase's.
do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    create trigger check_recording_file after insert on public.audio_recordings
      for each row execute function private.check_recording_file();
    create trigger read_recording_soon after insert on public.audio_recordings
      for each row execute function private.read_recording_soon();
    create trigger remove_recording_files after delete on public.audio_recordings
      referencing old table as gone for each statement execute function private.remove_recording_files();
  end if;
end $$;
