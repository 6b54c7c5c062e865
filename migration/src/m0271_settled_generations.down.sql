drop function private.settle_text(uuid, text, jsonb, boolean, text, boolean);
create or replace function private.settle_generation() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  was_stopped constant boolean := new.status = 'cancelled';
  said constant text := coalesce(new.error, 'It was cancelled');
begin
  case new.job_type
  when 'documents.generate' then
    update public.documents d
    set generation_state = case when was_stopped then 'stopped' else 'failed' end::public.generation_state,
      generation_metadata = d.generation_metadata || jsonb_build_object('error', said)
    where d.id in (select h.id from public.documents h where h.generation_job_id = new.id
      and h.generation_state in ('waiting', 'writing') for update skip locked);
  when 'prompts.generate' then
    update public.prompt_history h
    set status = 'failed', error_message = said, error_code = case when was_stopped then 'CANCELLED' else 'FAILED' end
    where h.id in (select o.id from public.prompt_history o where o.id = (new.payload ->> 'historyId')::uuid
      and o.status = 'pending' for update skip locked);
  when 'projects.generate' then
    update public.prompt_generations g set status = 'failed', error_message = said
    where g.id in (select o.id from public.prompt_generations o where o.id = (new.payload ->> 'generationId')::uuid
      and o.status = 'pending' for update skip locked);
  else
    null;
  end case;
  return null;
end $$;
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
