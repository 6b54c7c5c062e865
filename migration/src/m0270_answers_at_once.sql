-- An answer begins at once: the worker that is told of its job takes it by name instead of looking at the whole queue.

-- Gives a worker one job that it was told of, if it may run now and nobody else's of its type has waited longer: within
-- the limits of its type, of its key and of its person, as take_jobs has them. What is left here the next look finds.
create function private.take_job(p_worker text, p_lease interval, p_job uuid, p_types text[], p_limits integer[],
    p_per_person integer)
  returns table (id uuid, user_id uuid, job_type text, payload jsonb, attempt integer, fence bigint)
  language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  job public.job_queue;
begin
  perform pg_advisory_xact_lock(hashtextextended('mindloom.jobs.take', 0));
  select j.* into job from public.job_queue j
  where j.id = p_job and j.status = 'pending' and j.scheduled_for <= now() and j.provider is null
  for update skip locked;
  if not found or exists (
    select from public.job_queue older
    where older.status = 'pending' and older.job_type = job.job_type and older.priority <= job.priority
      and (older.scheduled_for, older.id) < (job.scheduled_for, job.id)) then
    return;
  end if;
  if job.unique_key is not null
    -- Somebody who has not committed yet may count on this job: take_jobs knows what to do then.
    and not pg_try_advisory_xact_lock(private.job_key_locks(), private.job_key_lock(job.unique_key)) then
    return;
  end if;
  if exists (
    select from public.job_queue r where r.status = 'processing'
    having coalesce(count(*) filter (where r.job_type = job.job_type)
        >= p_limits[array_position(p_types, job.job_type)], true)
      or count(*) filter (where r.user_id = job.user_id and r.lease_holder = p_worker) >= p_per_person
      or count(*) filter (where r.unique_key = job.unique_key) > 0) then
    return;
  end if;
  return query
  update public.job_queue j
  set status = 'processing', lease_holder = p_worker, lease_expires_at = now() + p_lease, started_at = now(),
    attempts = j.attempts + 1, fence = j.fence + 1, cancel_requested_at = null, progress = 0
  where j.id = p_job
  returning j.id, j.user_id, j.job_type, j.payload, j.attempts, j.fence;
end $$;

-- Has an answer written into a message. What policies ask of the caller goes with the job, except that the caller is an
-- administrator: what a model asks for is done as a person without special rights.
create or replace function private.open_answer(p_chat uuid, p_message uuid, p_request jsonb) returns uuid
  language plpgsql set search_path = '' as $$
declare
  claims constant jsonb := auth.jwt();
  stream uuid;
  job uuid;
begin
  insert into public.streams (chat_id, message_id, status) values (p_chat, p_message, 'waiting') returning id into stream;
  job := private.enqueue_job('chats.answer',
    jsonb_build_object('stream', stream, 'request', p_request, 'claims', jsonb_strip_nulls(jsonb_build_object(
      'sub', claims -> 'sub', 'role', 'authenticated', 'aal', claims -> 'aal', 'is_anonymous', claims -> 'is_anonymous',
      'mindloom_quota', claims -> 'mindloom_quota'))),
    auth.uid(), 'chats.answer:' || p_message::text);
  update public.streams s set job_id = job where s.id = stream;
  -- Somebody waits: workers take it now, even those that are awake and have just looked.
  perform pg_notify('mindloom_jobs', 'run ' || job);
  return stream;
end $$;

revoke execute on function private.take_job(text, interval, uuid, text[], integer[], integer)
  from public, anon, authenticated, service_role;
