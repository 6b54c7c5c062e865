-- Answers in chats: who asked writes a question, and a job writes the answer, piece by piece.
--
-- What is written is stored before anybody gets it: mindloom.stream_chunks holds a stream's events, numbered from 1. A
-- chunk begins where the one before ended, and there is one of each beginning: whoever writes where another has written
-- already learns that the stream is no longer theirs. So every event is there once, however many workers believe that
-- they are the one who writes.
--
-- Messages form a tree. An edited question, or another answer, stands beside what it replaces, which stays with all that
-- followed it; `is_current` says which branch is shown, and what a model gets to read.

create type public.stream_status as enum ('waiting', 'writing', 'asking', 'completed', 'stopped', 'failed');

alter table public.chats alter column title set default 'New chat';

alter table public.messages
  add column parent_id uuid,
  add column is_current boolean not null default true;
-- What there is was said in the order of time. Nobody is to hear of it as a change.
alter table public.messages disable trigger user;
update public.messages m set parent_id = p.before
from (select id, lag(id) over (partition by chat_id order by created_at, id) as before from public.messages) p
where p.id = m.id and p.before is not null;
alter table public.messages enable trigger user;
create index idx_messages_parent on public.messages (parent_id);
alter table public.messages
  add constraint messages_parent_id_fkey foreign key (parent_id) references public.messages (id) on delete set null,
  add constraint messages_not_own_parent check (parent_id <> id);
comment on constraint messages_not_own_parent on public.messages is 'parent_id must name another message';

-- A message without one follows the last of its chat.
create function private.set_message_parent() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  select m.id into new.parent_id from public.messages m
  where m.chat_id = new.chat_id and m.is_current
  order by m.created_at desc, m.id desc limit 1;
  return new;
end $$;
create trigger set_message_parent before insert on public.messages
  for each row when (new.parent_id is null and new.is_current) execute function private.set_message_parent();

alter table public.streams
  add column message_id uuid,
  add column job_id uuid,
  add column status public.stream_status,
  add column error_code text,
  add column error_message text,
  add column stop_requested_at timestamptz,
  add column ended_at timestamptz,
  add constraint streams_message_id_chat_id_fkey foreign key (message_id, chat_id)
    references public.messages (id, chat_id) on delete cascade,
  add constraint streams_error_code_length check (char_length(error_code) <= 100),
  add constraint streams_error_message_length check (char_length(error_message) <= 5000),
  add constraint streams_status_of_an_answer check ((status is null) = (message_id is null)),
  add constraint streams_ended_at_when_it_ended check ((ended_at is not null) = coalesce(status > 'writing', false));
comment on constraint streams_status_of_an_answer on public.streams is
  'status and message_id must be given together: both, or neither';
comment on constraint streams_ended_at_when_it_ended on public.streams is
  'ended_at must be given once the stream has ended, and not before';
create index idx_streams_message on public.streams (message_id, chat_id);
-- In a chat one answer is written at a time.
create unique index idx_streams_open on public.streams (chat_id) where status in ('waiting', 'writing');
create index idx_streams_ended on public.streams (ended_at) where ended_at is not null;

-- No reference to the stream: it would cost every chunk a lock. A trigger removes them with it.
create table mindloom.stream_chunks (
  stream_id uuid not null,
  first_offset integer not null,
  last_offset integer not null,
  events json not null,
  primary key (stream_id, first_offset),
  check (first_offset >= 1 and last_offset >= first_offset)
);
alter table mindloom.stream_chunks enable row level security;
revoke all on mindloom.stream_chunks from public, anon, authenticated, service_role;

create function private.follow_deleted_streams() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  delete from mindloom.stream_chunks c using gone where c.stream_id = gone.id;
  -- Their workers are told, without a lock: a worker that ends may wait for the rows that go here.
  perform pg_notify('mindloom_jobs', gone.job_id::text) from gone where gone.status in ('waiting', 'writing');
  if exists (select from gone where status in ('waiting', 'writing')) then
    perform pg_notify('mindloom_streams', '');
  end if;
  return null;
end $$;
create trigger follow_deleted_streams after delete on public.streams referencing old table as gone
  for each statement execute function private.follow_deleted_streams();

-- The parts of a message that a stream's events make, up to one of them. What a restart took back is left out.
create function private.stream_parts(p_stream uuid, p_through integer default null) returns jsonb
  language sql stable set search_path = '' as $$
  with events as materialized (
    select c.first_offset + o.place::integer - 1 as place, o.event ->> 'kind' as kind, o.event
    from mindloom.stream_chunks c
    cross join lateral json_array_elements(c.events) with ordinality o (event, place)
    where c.stream_id = p_stream
  ), restarts as materialized (
    select e.place, (e.event ->> 'from')::integer as from_place from events e where e.kind = 'RESTART'
  ), kept as (
    select e.* from events e
    where e.kind in ('TEXT', 'REASONING', 'TOOL_CALL', 'TOOL_RESULT', 'TOOL_REQUEST', 'SOURCE')
      and (p_through is null or e.place <= p_through)
      and not exists (select from restarts r where e.place > r.from_place and e.place < r.place)
  ), marked as (
    select k.*, case when k.kind in ('TEXT', 'REASONING') and k.kind = lag(k.kind) over w
      and lag(k.event ->> 'signature') over w is null then 0 else 1 end as begins
    from kept k window w as (order by k.place)
  ), numbered as (
    select m.*, sum(m.begins) over (order by m.place) as part from marked m
  ), parts as (
    select n.part, case min(n.kind)
      when 'TEXT' then jsonb_build_object('type', 'text', 'text', string_agg(n.event ->> 'text', '' order by n.place))
      when 'REASONING' then jsonb_strip_nulls(jsonb_build_object('type', 'reasoning',
        'text', string_agg(n.event ->> 'text', '' order by n.place), 'signature', max(n.event ->> 'signature')))
      else (jsonb_build_object('type', lower(replace(min(n.kind), '_', '-'))) || (min(n.event::text)::jsonb - 'kind'))
      end as made
    from numbered n group by n.part
  )
  select coalesce(jsonb_agg(p.made order by p.part), '[]') from parts p
$$;

-- What a message says in words.
create function private.text_of_parts(p_parts jsonb) returns text
  language sql immutable set search_path = ''
  return (select coalesce(string_agg(part ->> 'text', ' ' order by place), '')
    from jsonb_array_elements(p_parts) with ordinality parts (part, place) where part ->> 'type' = 'text');

-- Holds an answer's chat, then its stream, in the order in which a chat is deleted. Whether the answer is still to be
-- written.
create function private.hold_stream(p_stream uuid) returns boolean
  language plpgsql set search_path = '' as $$
begin
  perform from public.chats c where c.id = (select s.chat_id from public.streams s where s.id = p_stream)
    for no key update;
  perform from public.streams s where s.id = p_stream and s.status in ('waiting', 'writing') for update;
  return found;
end $$;

-- Takes an answer over, to write it or to write it on: what was written of a step that is not whole is taken back, and
-- whoever wrote it can write no more. Gives the message's parts as they are then. Nothing where it is not to be written.
create function private.claim_stream(p_stream uuid, out chat_id uuid, out message_id uuid, out parts jsonb, out next_offset integer)
  returns record
  language plpgsql set search_path = '' as $$
declare
  written integer;
  step integer;
  whole integer;
begin
  if not private.hold_stream(p_stream) then
    return;
  end if;
  update public.streams s set status = 'writing' where s.id = p_stream and s.status = 'waiting';
  loop
    select max(e.place), max(e.place) filter (where e.event ->> 'kind' = 'STEP'),
      max(e.place) filter (where e.event ->> 'kind' = 'USAGE' and e.event ->> 'step' is not null)
    into written, step, whole
    from (
      select c.first_offset + o.place::integer - 1 as place, o.event
      from mindloom.stream_chunks c cross join lateral json_array_elements(c.events) with ordinality o (event, place)
      where c.stream_id = p_stream
    ) e;
    next_offset := coalesce(written, 0) + 1;
    exit when written is null;
    insert into mindloom.stream_chunks (stream_id, first_offset, last_offset, events)
    values (p_stream, next_offset, next_offset, json_build_array(json_build_object('kind', 'RESTART',
      'from', case when step > coalesce(whole, 0) then step - 1 else written end)))
    on conflict do nothing;
    if found then
      next_offset := next_offset + 1;
      perform pg_notify('mindloom_streams', '');
      exit;
    end if;
  end loop;
  select s.chat_id, s.message_id, m.parts || private.stream_parts(p_stream) into chat_id, message_id, parts
  from public.streams s join public.messages m on m.id = s.message_id where s.id = p_stream;
end $$;

-- Ends an answer: its last event, and the message's parts. Returns the event's offset; nothing where it has ended.
create function private.end_stream(p_stream uuid, p_status public.stream_status, p_end jsonb) returns integer
  language plpgsql set search_path = '' as $$
declare
  place integer;
begin
  if not private.hold_stream(p_stream) then
    return null;
  end if;
  loop
    select coalesce(max(c.last_offset), 0) + 1 into place from mindloom.stream_chunks c where c.stream_id = p_stream;
    insert into mindloom.stream_chunks (stream_id, first_offset, last_offset, events)
    values (p_stream, place, place, json_build_array(jsonb_build_object('kind', 'END') || p_end))
    on conflict do nothing;
    exit when found;
  end loop;
  update public.messages m set parts = m.parts || private.stream_parts(p_stream)
  where m.id = (select s.message_id from public.streams s where s.id = p_stream);
  update public.streams s
  set status = p_status, ended_at = clock_timestamp(), error_code = left(p_end #>> '{error,code}', 100),
    error_message = left(p_end #>> '{error,message}', 5000)
  where s.id = p_stream;
  perform pg_notify('mindloom_streams', '');
  return place;
end $$;

-- An answer whose job ends without it: cancelled, dead, or failed.
create function private.end_stream_of_job() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if new.status = 'cancelled' then
    perform private.end_stream((new.payload ->> 'stream')::uuid, 'stopped', jsonb_build_object('reason', 'STOPPED'));
  else
    perform private.end_stream((new.payload ->> 'stream')::uuid, 'failed', jsonb_build_object('reason', 'FAILED',
      'error', jsonb_build_object('code', 'INTERNAL', 'message', coalesce(new.error, 'The answer could not be written'))));
  end if;
  return null;
end $$;
create trigger end_stream_of_job after update of status on public.job_queue for each row
  when (new.job_type = 'chats.answer' and new.status in ('failed', 'dead', 'cancelled') and old.status is distinct from new.status)
  execute function private.end_stream_of_job();

-- Has an answer written into a message. What policies ask of the caller goes with the job, except that the caller is an
-- administrator: what a model asks for is done as a person without special rights.
create function private.open_answer(p_chat uuid, p_message uuid, p_request jsonb) returns uuid
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
  return stream;
end $$;

-- The chat of the caller's, held; an answer that is being written is a problem.
create function private.own_free_chat(p_chat uuid, out problem text) returns text
  language plpgsql set search_path = '' as $$
begin
  perform from public.chats c where c.id = p_chat and c.user_id = auth.uid() for no key update;
  if not found then
    problem := 'missing';
  elsif exists (select from public.streams s where s.chat_id = p_chat and s.status in ('waiting', 'writing')) then
    problem := 'busy';
  end if;
end $$;

-- Leaves a branch: a message and what followed it.
create function private.leave_branch(p_chat uuid, p_from uuid) returns void
language sql volatile set search_path = ''
begin atomic
  update public.messages m set is_current = false
  from public.messages first
  where first.id = p_from and m.chat_id = p_chat and m.is_current
    and (m.created_at, m.id) >= (first.created_at, first.id);
end;

-- Writes a question and has it answered; in place of another one where `p_replaces` names it. Returns the keys of what
-- was made, or what the problem is.
create function public.send_message(p_chat uuid, p_parts jsonb, p_attachments jsonb, p_request jsonb, p_title text,
    p_replaces uuid default null) returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  problem text := private.own_free_chat(p_chat);
  replaced public.messages;
  question uuid;
  answer uuid;
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
  insert into public.messages (chat_id, role, parts, attachments, parent_id, created_at)
  values (p_chat, 'user', p_parts, p_attachments, replaced.parent_id, clock_timestamp()) returning id into question;
  insert into public.messages (chat_id, role, parts, parent_id, created_at)
  values (p_chat, 'assistant', '[]', question, clock_timestamp()) returning id into answer;
  return jsonb_build_object('question', question, 'answer', answer, 'stream', private.open_answer(p_chat, answer,
    p_request || jsonb_build_object('title', is_untitled)));
end $$;

-- Has a question answered once more, in place of an answer of before.
create function public.regenerate_message(p_message uuid, p_request jsonb) returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  replaced public.messages;
  problem text;
  answer uuid;
begin
  select m.* into replaced from public.messages m where m.id = p_message;
  problem := private.own_free_chat(replaced.chat_id);
  if problem is not null then
    return jsonb_build_object('problem', problem);
  end if;
  if replaced.role <> 'assistant' or replaced.parent_id is null then
    return jsonb_build_object('problem', 'role');
  elsif not replaced.is_current then
    return jsonb_build_object('problem', 'branch');
  end if;
  perform private.leave_branch(replaced.chat_id, p_message);
  insert into public.messages (chat_id, role, parts, parent_id, created_at)
  values (replaced.chat_id, 'assistant', '[]', replaced.parent_id, clock_timestamp()) returning id into answer;
  return jsonb_build_object('question', replaced.parent_id, 'answer', answer,
    'stream', private.open_answer(replaced.chat_id, answer, p_request));
end $$;

-- Shows another branch: a message, what led to it, and of what followed it the newest.
create function public.show_branch(p_message uuid) returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  chat constant uuid := (select m.chat_id from public.messages m where m.id = p_message);
  problem constant text := private.own_free_chat(chat);
begin
  if problem is not null then
    return jsonb_build_object('problem', problem);
  end if;
  with recursive before as (
    select m.id, m.parent_id from public.messages m where m.id = p_message
    union all
    select m.id, m.parent_id from before b join public.messages m on m.id = b.parent_id
  ), after as (
    select p_message as id
    union all
    select (select m.id from public.messages m where m.parent_id = a.id and m.chat_id = chat
      order by m.created_at desc, m.id desc limit 1)
    from after a where a.id is not null
  ), shown as (
    select id from before union select id from after where id is not null
  )
  update public.messages m set is_current = m.id in (select id from shown)
  where m.chat_id = chat and m.is_current is distinct from (m.id in (select id from shown));
  return '{}';
end $$;

-- Ends an answer of the caller's that is being written. Returns what the stream was.
create function public.stop_stream(p_stream uuid) returns text
  language plpgsql security definer set search_path = '' as $$
declare
  stream public.streams;
begin
  select s.* into stream from public.streams s join public.chats c on c.id = s.chat_id
  where s.id = p_stream and c.user_id = auth.uid() for update of s;
  if stream.status in ('waiting', 'writing') then
    update public.streams s set stop_requested_at = coalesce(s.stop_requested_at, clock_timestamp()) where s.id = p_stream;
    perform public.cancel_job(stream.job_id);
  end if;
  return stream.status;
end $$;

-- Says whether a tool may do what it asked for. Once nothing is asked any more, the answer goes on: returns its stream
-- then, null while something is, or what the problem is.
create function public.answer_tool_request(p_message uuid, p_call text, p_approved boolean) returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  message public.messages;
  problem text;
  last_request jsonb;
begin
  select m.* into message from public.messages m where m.id = p_message;
  problem := private.own_free_chat(message.chat_id);
  if problem is not null then
    return jsonb_build_object('problem', problem);
  end if;
  select m.* into message from public.messages m where m.id = p_message for update;
  if not message.parts @> jsonb_build_array(jsonb_build_object('type', 'tool-request', 'toolCallId', p_call)) then
    return jsonb_build_object('problem', 'request');
  elsif message.parts @> jsonb_build_array(jsonb_build_object('type', 'tool-answer', 'toolCallId', p_call)) then
    return jsonb_build_object('problem', 'answered');
  elsif not message.is_current or exists (select from public.messages later where later.chat_id = message.chat_id
      and later.is_current and (later.created_at, later.id) > (message.created_at, message.id)) then
    return jsonb_build_object('problem', 'late');
  end if;
  update public.messages m set parts = m.parts || jsonb_build_object('type', 'tool-answer', 'toolCallId', p_call,
    'approved', p_approved)
  where m.id = p_message returning m.* into message;
  if exists (
    select from jsonb_array_elements(message.parts) asked
    where asked ->> 'type' = 'tool-request' and not message.parts @> jsonb_build_array(
      jsonb_build_object('type', 'tool-answer', 'toolCallId', asked ->> 'toolCallId'))) then
    return jsonb_build_object('stream', null);
  end if;
  -- As it was asked the first time.
  select j.payload -> 'request' into last_request from public.streams s join public.job_queue j on j.id = s.job_id
  where s.message_id = p_message order by s.created_at desc limit 1;
  return jsonb_build_object('stream', private.open_answer(message.chat_id, p_message,
    coalesce(last_request, '{}') - 'title'));
end $$;

-- Events of answers that ended a day ago are in their messages alone. Keys of streams begin with the time.
create function private.purge_stream_chunks(p_limit integer) returns bigint
  language sql volatile set search_path = '' as $$
  with old as (
    select c.stream_id, c.first_offset from mindloom.stream_chunks c
    where c.stream_id < rpad(lpad(to_hex(floor(extract(epoch from now() - interval '1 day') * 1000)::bigint), 12, '0'), 32, '0')::uuid
      and not exists (select from public.streams s
        where s.id = c.stream_id and (s.ended_at is null or s.ended_at > now() - interval '1 day'))
    order by c.stream_id, c.first_offset limit p_limit
  ), removed as (
    delete from mindloom.stream_chunks c using old
    where c.stream_id = old.stream_id and c.first_offset = old.first_offset
    returning 1
  )
  select count(*) from removed
$$;

create or replace function public.get_public_chat(p_chat_id uuid)
  returns table (id uuid, title text, created_at timestamptz, updated_at timestamptz, messages jsonb)
  language sql stable security definer set search_path = '' as $$
  select c.id, c.title, c.created_at, c.updated_at, coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', m.id, 'role', m.role, 'parts', m.parts, 'attachments', m.attachments,
      'created_at', m.created_at) order by m.created_at, m.id)
    from public.messages m where m.chat_id = c.id and m.is_current), '[]')
  from public.chats c
  where c.id = p_chat_id and c.visibility = 'public'
$$;

select realtime.publish('public.messages');
select realtime.publish('public.streams');
-- Publishing what is published already leaves a number out.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;

revoke execute on function
  private.set_message_parent(), private.follow_deleted_streams(), private.stream_parts(uuid, integer),
  private.text_of_parts(jsonb), private.hold_stream(uuid), private.claim_stream(uuid), private.end_stream(uuid, public.stream_status, jsonb), private.end_stream_of_job(),
  private.open_answer(uuid, uuid, jsonb), private.own_free_chat(uuid), private.leave_branch(uuid, uuid),
  private.purge_stream_chunks(integer), public.send_message(uuid, jsonb, jsonb, jsonb, text, uuid),
  public.regenerate_message(uuid, jsonb), public.show_branch(uuid), public.stop_stream(uuid),
  public.answer_tool_request(uuid, text, boolean)
  from public, anon, authenticated, service_role;
grant execute on function
  public.send_message(uuid, jsonb, jsonb, jsonb, text, uuid), public.regenerate_message(uuid, jsonb),
  public.show_branch(uuid), public.stop_stream(uuid), public.answer_tool_request(uuid, text, boolean)
  to authenticated, service_role;
