drop trigger end_stream_of_job on public.job_queue;
drop trigger follow_deleted_streams on public.streams;
drop trigger set_message_parent on public.messages;
drop function
  public.answer_tool_request(uuid, text, boolean), public.stop_stream(uuid), public.show_branch(uuid),
  public.regenerate_message(uuid, jsonb), public.send_message(uuid, jsonb, jsonb, jsonb, text, uuid),
  private.purge_stream_chunks(integer), private.leave_branch(uuid, uuid), private.own_free_chat(uuid),
  private.open_answer(uuid, uuid, jsonb), private.end_stream_of_job(),
  private.end_stream(uuid, public.stream_status, jsonb), private.claim_stream(uuid), private.hold_stream(uuid), private.text_of_parts(jsonb),
  private.stream_parts(uuid, integer), private.follow_deleted_streams(), private.set_message_parent();
create or replace function public.get_public_chat(p_chat_id uuid)
  returns table (id uuid, title text, created_at timestamptz, updated_at timestamptz, messages jsonb)
  language sql stable security definer set search_path = '' as $$
  select c.id, c.title, c.created_at, c.updated_at, coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', m.id, 'role', m.role, 'parts', m.parts, 'attachments', m.attachments,
      'created_at', m.created_at) order by m.created_at, m.id)
    from public.messages m where m.chat_id = c.id), '[]')
  from public.chats c
  where c.id = p_chat_id and c.visibility = 'public'
$$;
drop table mindloom.stream_chunks;
-- Answers of this version are no streams of the one before.
delete from public.job_queue where job_type = 'chats.answer';
alter table public.streams
  drop constraint streams_message_id_chat_id_fkey,
  drop column message_id, drop column job_id, drop column status, drop column error_code, drop column error_message,
  drop column stop_requested_at, drop column ended_at;
alter table public.messages
  drop constraint messages_parent_id_fkey,
  drop column parent_id, drop column is_current;
alter table public.chats alter column title drop default;
drop type public.stream_status;
select realtime.publish('public.messages');
select realtime.publish('public.streams');
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
