-- Quotas: how many rows, and how many bytes of them, an account may have.
--
-- The server says what is allowed, in the claim mindloom_quota of the request, so that it costs nobody anything who has
-- no quota: the triggers below do not fire then. Whoever has one has a row in private.quota_usage, which nobody else
-- waits for. It only ever counts up; when it comes to the limit, what is really there is counted, so that deleting gives
-- room back however it is done.

create table private.quota_usage (
  user_id uuid primary key references auth.users (id) on delete cascade,
  row_count bigint not null check (row_count >= 0),
  size_bytes bigint not null check (size_bytes >= 0),
  updated_at timestamptz not null default now()
);
alter table private.quota_usage enable row level security;
comment on table private.quota_usage is
  'What accounts with a quota have at most: rows and bytes. Counted up by writes, counted anew at the limit.';

-- What an account has: its rows, and those of its chats and projects.
create function private.measure_quota(target uuid, out row_count bigint, out size_bytes bigint)
language sql stable security definer set search_path = '' as $$
  select count(*), coalesce(sum(size), 0)
  from (
    select pg_column_size(t) from public.artifacts t where t.user_id = target
    union all
    select pg_column_size(t) from public.audio_recordings t where t.user_id = target
    union all
    select pg_column_size(t) from public.chats t where t.user_id = target
    union all
    select pg_column_size(t) from public.clusters t where t.user_id = target
    union all
    select pg_column_size(t) from public.collaborators t where t.user_id = target
    union all
    select pg_column_size(t) from public.documents t where t.user_id = target
    union all
    select pg_column_size(t) from public.feedback t where t.user_id = target
    union all
    select pg_column_size(t) from public.github_repositories t where t.user_id = target
    union all
    select pg_column_size(t) from public.insights t where t.user_id = target
    union all
    select pg_column_size(t) from public.messages t join public.chats p on p.id = t.chat_id where p.user_id = target
    union all
    select pg_column_size(t) from public.notes t where t.user_id = target
    union all
    select pg_column_size(t) from public.project_components t join public.projects p on p.id = t.project_id where p.user_id = target
    union all
    select pg_column_size(t) from public.projects t where t.user_id = target
    union all
    select pg_column_size(t) from public.prompt_generations t where t.user_id = target
    union all
    select pg_column_size(t) from public.prompt_history t where t.user_id = target
    union all
    select pg_column_size(t) from public.prompt_templates t where t.user_id = target
    union all
    select pg_column_size(t) from public.stack_notes t where t.user_id = target
    union all
    select pg_column_size(t) from public.stacks t where t.user_id = target
    union all
    select pg_column_size(t) from public.streams t join public.chats p on p.id = t.chat_id where p.user_id = target
    union all
    select pg_column_size(t) from public.suggestions t where t.user_id = target
    union all
    select pg_column_size(t) from public.user_preferences t where t.user_id = target
    union all
    select pg_column_size(t) from public.vault_notes t where t.user_id = target
    union all
    select pg_column_size(t) from public.votes t join public.chats p on p.id = t.chat_id where p.user_id = target
  ) as owned (size)
$$;
revoke execute on function private.measure_quota(uuid) from public;

-- Counts what a statement wrote, and refuses it beyond the quota (ML001: LIMIT_EXCEEDED).
create function private.spend_quota() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  claims jsonb := current_setting('request.jwt.claims', true)::jsonb;
  max_rows bigint := claims #>> '{mindloom_quota,rows}';
  max_bytes bigint := claims #>> '{mindloom_quota,bytes}';
  target uuid := claims ->> 'sub';
  written_rows bigint;
  written_bytes bigint;
  used record;
begin
  if max_rows is null and max_bytes is null then
    return null;
  end if;
  select count(*), coalesce(sum(pg_column_size(n)), 0) into written_rows, written_bytes from new_rows n;
  if written_rows = 0 then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    -- Too much by the old versions: it is put right when it comes to the limit.
    written_rows := 0;
  end if;
  update private.quota_usage u
  set row_count = u.row_count + written_rows, size_bytes = u.size_bytes + written_bytes, updated_at = now()
  where u.user_id = target
  returning u.row_count, u.size_bytes into used;
  if not found or used.row_count > max_rows or used.size_bytes > max_bytes then
    select m.row_count, m.size_bytes into used from private.measure_quota(target) m;
    insert into private.quota_usage as u (user_id, row_count, size_bytes)
    values (target, used.row_count, used.size_bytes)
    on conflict (user_id) do update
    set row_count = excluded.row_count, size_bytes = excluded.size_bytes, updated_at = now();
  end if;
  if used.row_count > max_rows then
    raise exception 'This account may have % rows; delete some, or ask for more room', max_rows
      using errcode = 'ML001', constraint = 'quotaRows', column = max_rows::text;
  elsif used.size_bytes > max_bytes then
    raise exception 'This account may have % bytes of rows; delete some, or ask for more room', max_bytes
      using errcode = 'ML001', constraint = 'quotaBytes', column = max_bytes::text;
  end if;
  return null;
end $$;
revoke execute on function private.spend_quota() from public;

do $$
declare
  written text;
begin
  foreach written in array array[
    'artifacts', 'audio_recordings', 'chats', 'clusters', 'collaborators', 'documents',
    'feedback', 'github_repositories', 'insights', 'messages', 'notes', 'project_components',
    'projects', 'prompt_generations', 'prompt_history', 'prompt_templates', 'stack_notes', 'stacks',
    'streams', 'suggestions', 'user_preferences', 'vault_notes', 'votes'
  ] loop
    -- The names sort last: what other triggers refuse is not counted.
    execute format(
      'create trigger zz_spend_quota_on_insert after insert on public.%I referencing new table as new_rows
         for each statement when (current_setting(''request.jwt.claims'', true) like ''%%"mindloom_quota":{%%'')
         execute function private.spend_quota()', written);
    execute format(
      'create trigger zz_spend_quota_on_update after update on public.%I referencing new table as new_rows
         for each statement when (current_setting(''request.jwt.claims'', true) like ''%%"mindloom_quota":{%%'')
         execute function private.spend_quota()', written);
  end loop;
end $$;
