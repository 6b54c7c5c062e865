-- A question and the answer to it are written by one statement: what is counted and logged of messages is so once.

-- A new key, ordered by time. Functions find no uuidv7() below PostgreSQL 18, where it is not among the system's own; what
-- is left out of a call is found when the function is made.
create function private.new_key(p_key uuid default uuidv7()) returns uuid
language sql volatile set search_path = ''
return p_key;

-- Has an answer written into a message. What policies ask of the caller goes with the job, except that the caller is an
-- administrator: what a model asks for is done as a person without special rights.
create or replace function private.open_answer(p_chat uuid, p_message uuid, p_request jsonb) returns uuid
  language plpgsql set search_path = '' as $$
declare
  claims constant jsonb := auth.jwt();
  stream constant uuid := private.new_key();
  job uuid;
begin
  job := private.enqueue_job('chats.answer',
    jsonb_build_object('stream', stream, 'request', p_request, 'claims', jsonb_strip_nulls(jsonb_build_object(
      'sub', claims -> 'sub', 'role', 'authenticated', 'aal', claims -> 'aal', 'is_anonymous', claims -> 'is_anonymous',
      'mindloom_quota', claims -> 'mindloom_quota'))),
    auth.uid(), 'chats.answer:' || p_message::text);
  insert into public.streams (id, chat_id, message_id, status, job_id) values (stream, p_chat, p_message, 'waiting', job);
  -- Somebody waits: workers take it now, even those that are awake and have just looked.
  perform pg_notify('mindloom_jobs', 'run ' || job);
  return stream;
end $$;

create or replace function public.send_message(p_chat uuid, p_parts jsonb, p_attachments jsonb, p_request jsonb, p_title text,
    p_replaces uuid default null) returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  problem text := private.own_free_chat(p_chat);
  replaced public.messages;
  -- Which of them comes first says when each was written: below PostgreSQL 18 keys of one millisecond have no order.
  question constant uuid := private.new_key();
  answer constant uuid := private.new_key();
  is_untitled boolean;
begin
  if problem is not null then
    return jsonb_build_object('problem', problem);
  end if;
  if p_replaces is not null then
    select * into replaced from public.messages m where m.id = p_replaces and m.chat_id = p_chat;
    if replaced.role is distinct from 'user' then
      return jsonb_build_object('problem', 'role');
    elsif not replaced.is_current then
      return jsonb_build_object('problem', 'branch');
    end if;
    perform private.leave_branch(p_chat, p_replaces);
  end if;
  update public.chats c set title = p_title where c.id = p_chat and c.title = 'New chat' and p_title <> '';
  is_untitled := found;
  insert into public.messages (id, chat_id, role, parts, attachments, parent_id, created_at) values
    (question, p_chat, 'user', p_parts, p_attachments, replaced.parent_id, clock_timestamp()),
    (answer, p_chat, 'assistant', '[]', default, question, clock_timestamp());
  return jsonb_build_object('question', question, 'answer', answer, 'stream', private.open_answer(p_chat, answer,
    p_request || jsonb_build_object('title', is_untitled)));
end $$;

revoke execute on function private.new_key(uuid) from public, anon, authenticated, service_role;
