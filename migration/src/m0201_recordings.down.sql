drop trigger if exists check_recording_file on public.audio_recordings;
drop trigger if exists read_recording_soon on public.audio_recordings;
drop trigger if exists remove_recording_files on public.audio_recordings;
drop function private.check_recording_file(), private.read_recording_soon(), private.remove_recording_files();
alter table public.audio_recordings
  drop column sample_rate_hz, drop column channel_count, drop column tags;
