-- A recording whose row somebody held when its job ended would stay PROCESSING: a job of its own settles it, which may wait.
create or replace function private.settle_transcription() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  said constant text := left(coalesce(new.error, 'It was cancelled'), 2000);
  recording constant uuid := (new.payload ->> 'recordingId')::uuid;
begin
  update public.audio_recordings r set transcription_status = 'failed', transcription_error = said
  where r.id in (select o.id from public.audio_recordings o where o.id = recording
    and o.transcription_status = 'processing' for update skip locked);
  if not found and exists (
    select from public.audio_recordings r where r.id = recording and r.transcription_status = 'processing') then
    perform private.enqueue_job('projects.settle_transcription',
      jsonb_build_object('recordingId', recording, 'error', said));
  end if;
  return null;
end $$;
