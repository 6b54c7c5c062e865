-- A text whose row somebody held when its job ended would stay as being written: a job of its own settles it, which may wait.
-- Rows are held as an update of theirs holds them: whoever refers to one is nobody to wait for.

-- Says of a text that its job ended without it, and why. `p_waits`: for as long as somebody holds the row. False where the
-- row is left, because somebody holds it.
create function private.settle_text(p_job uuid, p_type text, p_payload jsonb, p_was_stopped boolean, p_error text,
    p_waits boolean) returns boolean
  language plpgsql set search_path = '' as $$
declare
  text_id uuid;
  is_free boolean;
begin
  -- Which row, and whether it is still to be settled. With a lock of its own: a statement that waited for the row would look
  -- at jobs as they were before.
  case p_type
  when 'documents.generate' then
    select d.id into text_id from public.documents d
    where d.generation_job_id = p_job and d.generation_state in ('waiting', 'writing');
    if p_waits then
      perform from public.documents d where d.id = text_id for no key update;
    else
      perform from public.documents d where d.id = text_id for no key update skip locked;
    end if;
  when 'prompts.generate' then
    select h.id into text_id from public.prompt_history h
    where h.id = (p_payload ->> 'historyId')::uuid and h.status = 'pending';
    if p_waits then
      perform from public.prompt_history h where h.id = text_id for no key update;
    else
      perform from public.prompt_history h where h.id = text_id for no key update skip locked;
    end if;
  when 'projects.generate' then
    select g.id into text_id from public.prompt_generations g
    where g.id = (p_payload ->> 'generationId')::uuid and g.status = 'pending';
    if p_waits then
      perform from public.prompt_generations g where g.id = text_id for no key update;
    else
      perform from public.prompt_generations g where g.id = text_id for no key update skip locked;
    end if;
  else
    return true;
  end case;
  is_free := found;
  if text_id is null then
    return true;
  elsif not is_free then
    -- Gone meanwhile, or held.
    return p_waits;
  elsif p_waits and exists (
    select from public.job_queue j where j.id = p_job and j.status in ('pending', 'processing')) then
    -- Somebody had it tried again.
    return true;
  end if;
  case p_type
  when 'documents.generate' then
    update public.documents d
    set generation_state = case when p_was_stopped then 'stopped' else 'failed' end::public.generation_state,
      generation_metadata = d.generation_metadata || jsonb_build_object('error', p_error)
    -- Another text may have been asked for while this waited.
    where d.id = text_id and d.generation_job_id = p_job and d.generation_state in ('waiting', 'writing');
  when 'prompts.generate' then
    update public.prompt_history h
    set status = 'failed', error_message = p_error, error_code = case when p_was_stopped then 'CANCELLED' else 'FAILED' end
    where h.id = text_id and h.status = 'pending';
  else
    update public.prompt_generations g set status = 'failed', error_message = p_error
    where g.id = text_id and g.status = 'pending';
  end case;
  return true;
end $$;

create or replace function private.settle_generation() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  was_stopped constant boolean := new.status = 'cancelled';
  said constant text := coalesce(new.error, 'It was cancelled');
begin
  if not private.settle_text(new.id, new.job_type, new.payload, was_stopped, said, false) then
    perform private.enqueue_job('documents.settle_generation', jsonb_build_object(
      'job', new.id, 'type', new.job_type, 'wasStopped', was_stopped, 'error', said,
      'text', jsonb_strip_nulls(jsonb_build_object(
        'historyId', new.payload -> 'historyId', 'generationId', new.payload -> 'generationId'))));
  end if;
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
    and o.transcription_status = 'processing' for no key update skip locked);
  if not found and exists (
    select from public.audio_recordings r where r.id = recording and r.transcription_status = 'processing') then
    perform private.enqueue_job('projects.settle_transcription',
      jsonb_build_object('recordingId', recording, 'error', said));
  end if;
  return null;
end $$;

revoke execute on function private.settle_text(uuid, text, jsonb, boolean, text, boolean)
  from public, anon, authenticated, service_role;
