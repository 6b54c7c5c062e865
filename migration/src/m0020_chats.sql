-- Conversations: a chat holds messages, messages hold votes, streams mark answers in flight.

create type public.chat_visibility as enum ('public', 'private');
create type public.message_role as enum ('user', 'assistant', 'system');

-- The range of user ids whose rows the caller may read: only their own, or every id for an
-- administrator. A range and not `user_id = … or is_admin`, because an OR with a constant keeps the
-- planner from the owner's index, so that reading ten rows of one's own would scan everybody's.
create function private.readable_from() returns uuid
  language sql stable set search_path = ''
  return case when public.is_current_user_admin()
    then '00000000-0000-0000-0000-000000000000'::uuid else auth.uid() end;
create function private.readable_to() returns uuid
  language sql stable set search_path = ''
  return case when public.is_current_user_admin()
    then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid else auth.uid() end;

create table public.chats (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null,
  visibility public.chat_visibility not null default 'private',
  last_context jsonb,
  total_input_tokens bigint not null default 0,
  total_output_tokens bigint not null default 0,
  total_cost numeric not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint chats_title_length check (char_length(title) between 1 and 500),
  constraint chats_last_context_size check (pg_column_size(last_context) <= 1048576),
  constraint chats_totals_not_negative
    check (total_input_tokens >= 0 and total_output_tokens >= 0 and total_cost >= 0)
);
create index idx_chat_user_id on public.chats (user_id);
create index idx_chat_user_created on public.chats (user_id, created_at desc, id);

create table public.messages (
  id uuid primary key default uuidv7(),
  chat_id uuid not null references public.chats (id) on delete cascade,
  role public.message_role not null,
  parts jsonb not null,
  attachments jsonb not null default '[]',
  model_used text,
  input_tokens integer,
  output_tokens integer,
  cost numeric,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint messages_id_chat_id_key unique (id, chat_id),
  constraint messages_parts_array check (jsonb_typeof(parts) = 'array'),
  constraint messages_parts_size check (pg_column_size(parts) <= 4194304),
  constraint messages_attachments_array check (jsonb_typeof(attachments) = 'array'),
  constraint messages_attachments_size check (pg_column_size(attachments) <= 1048576),
  constraint messages_model_used_length check (char_length(model_used) <= 100),
  constraint messages_input_tokens_not_negative check (input_tokens >= 0),
  constraint messages_output_tokens_not_negative check (output_tokens >= 0),
  constraint messages_cost_not_negative check (cost >= 0)
);
create index idx_message_chat on public.messages (chat_id, created_at, id);

-- The composite reference keeps a vote and its message in one chat: naming a message of somebody
-- else's chat beside a chat of one's own is refused.
create table public.votes (
  chat_id uuid not null references public.chats (id) on delete cascade,
  message_id uuid not null,
  is_upvoted boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (chat_id, message_id),
  constraint votes_message_id_chat_id_fkey foreign key (message_id, chat_id)
    references public.messages (id, chat_id) on delete cascade
);
create index idx_votes_message_id on public.votes (message_id, chat_id);

create table public.streams (
  id uuid primary key default uuidv7(),
  chat_id uuid not null references public.chats (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index idx_streams_chat_id on public.streams (chat_id, created_at desc);

create trigger set_updated_at before update on public.chats
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.messages
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.votes
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.streams
  for each row execute function private.set_updated_at();

-- Chat totals are sums over messages, kept per statement: one update per chat however many
-- messages a statement touches. Chats are locked in the order of their ids, so that two loads cannot
-- wait for one another. Security definer, since no caller may write the totals.
create function private.add_messages_to_chat_totals() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  perform from public.chats where id in (select chat_id from new_rows) order by id for no key update;
  update public.chats c
  set total_input_tokens = c.total_input_tokens + d.input_tokens,
    total_output_tokens = c.total_output_tokens + d.output_tokens,
    total_cost = c.total_cost + d.cost
  from (
    select chat_id, coalesce(sum(input_tokens), 0) as input_tokens,
       coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(cost), 0) as cost
    from new_rows group by chat_id
  ) d
  where c.id = d.chat_id;
  return null;
end $$;

create function private.subtract_messages_from_chat_totals() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  perform from public.chats where id in (select chat_id from old_rows) order by id for no key update;
  update public.chats c
  set total_input_tokens = c.total_input_tokens - d.input_tokens,
    total_output_tokens = c.total_output_tokens - d.output_tokens,
    total_cost = c.total_cost - d.cost
  from (
    select chat_id, coalesce(sum(input_tokens), 0) as input_tokens,
       coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(cost), 0) as cost
    from old_rows group by chat_id
  ) d
  where c.id = d.chat_id;
  return null;
end $$;

create function private.move_messages_between_chat_totals() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  perform from public.chats where id in (select chat_id from new_rows union select chat_id from old_rows)
    order by id for no key update;
  update public.chats c
  set total_input_tokens = c.total_input_tokens + d.input_tokens,
    total_output_tokens = c.total_output_tokens + d.output_tokens,
    total_cost = c.total_cost + d.cost
  from (
    select chat_id, coalesce(sum(input_tokens), 0) as input_tokens,
       coalesce(sum(output_tokens), 0) as output_tokens, coalesce(sum(cost), 0) as cost
    from (
      select chat_id, input_tokens, output_tokens, cost from new_rows
      union all
      select chat_id, -input_tokens, -output_tokens, -cost from old_rows
    ) both_rows
    group by chat_id
  ) d
  where c.id = d.chat_id and (d.input_tokens, d.output_tokens, d.cost) <> (0, 0, 0);
  return null;
end $$;

create trigger messages_insert_totals after insert on public.messages
  referencing new table as new_rows
  for each statement execute function private.add_messages_to_chat_totals();
create trigger messages_delete_totals after delete on public.messages
  referencing old table as old_rows
  for each statement execute function private.subtract_messages_from_chat_totals();
create trigger messages_update_totals after update on public.messages
  referencing old table as old_rows new table as new_rows
  for each statement execute function private.move_messages_between_chat_totals();

alter table public.chats enable row level security;
alter table public.messages enable row level security;
alter table public.votes enable row level security;
alter table public.streams enable row level security;

create policy "Users can read own chats, admins can read all chats" on public.chats
  for select to authenticated
  using (user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()));
create policy "Users can create own chats" on public.chats
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own chats" on public.chats
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own chats" on public.chats
  for delete to authenticated using (user_id = (select auth.uid()));

-- An array made once per statement, so that the chat's index can be searched with it.
create policy "Users can read own messages" on public.messages
  for select to authenticated
  using (chat_id = any (array(select id from public.chats where user_id = (select auth.uid()))));
create policy "Users can create messages in own chats" on public.messages
  for insert to authenticated
  with check (exists (
    select from public.chats c where c.id = chat_id and c.user_id = (select auth.uid())));

create policy "Users can vote on messages in own chats" on public.votes
  for all to authenticated
  using (chat_id = any (array(select id from public.chats where user_id = (select auth.uid()))))
  with check (exists (
    select from public.chats c where c.id = chat_id and c.user_id = (select auth.uid())));

create policy "Users can access streams in own chats" on public.streams
  for all to authenticated
  using (chat_id = any (array(select id from public.chats where user_id = (select auth.uid()))))
  with check (exists (
    select from public.chats c where c.id = chat_id and c.user_id = (select auth.uid())));

-- A public chat is read by whoever has its id; there is no list of public chats. Neither the owner
-- nor what the chat cost is told.
create function public.get_public_chat(p_chat_id uuid)
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

revoke all on public.chats, public.messages, public.votes, public.streams
  from public, anon, authenticated, service_role;
grant select, delete on public.chats to authenticated;
grant insert (id, user_id, title, visibility, last_context) on public.chats to authenticated;
grant update (title, visibility, last_context) on public.chats to authenticated;
grant select on public.messages to authenticated;
grant insert (id, chat_id, role, parts, attachments, model_used) on public.messages to authenticated;
grant select, delete on public.votes to authenticated;
grant insert (chat_id, message_id, is_upvoted) on public.votes to authenticated;
grant update (is_upvoted) on public.votes to authenticated;
grant select, delete on public.streams to authenticated;
grant insert (id, chat_id) on public.streams to authenticated;
grant select, insert, update, delete on public.chats, public.messages, public.votes, public.streams
  to service_role;

revoke execute on function
  private.readable_from(), private.readable_to(), private.add_messages_to_chat_totals(),
  private.subtract_messages_from_chat_totals(), private.move_messages_between_chat_totals(),
  public.get_public_chat(uuid) from public;
grant execute on function private.readable_from(), private.readable_to() to authenticated, service_role;
grant execute on function public.get_public_chat(uuid) to anon, authenticated, service_role;
