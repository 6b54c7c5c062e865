delete from public.job_queue where job_type = 'projects.settle_transcription';
create or replace function private.settle_transcription() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.audio_recordings r
  set transcription_status = 'failed', transcription_error = left(coalesce(new.error, 'It was cancelled'), 2000)
  where r.id in (select o.id from public.audio_recordings o where o.id = (new.payload ->> 'recordingId')::uuid
    and o.transcription_status = 'processing' for update skip locked);
  return null;
end $$;
