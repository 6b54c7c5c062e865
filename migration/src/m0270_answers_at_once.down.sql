drop function private.take_job(text, interval, uuid, text[], integer[], integer);
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
  -- Somebody waits: workers look now, even those that are awake and have just looked.
  perform pg_notify('mindloom_jobs', '');
  return stream;
end $$;
