-- What an administrator does is logged as theirs: always, whatever the logging switches say, and for
-- seven years, also when the administrator's account is gone.

create table public.audit_entries (
  id uuid primary key default uuidv7(),
  actor_id uuid references auth.users (id) on delete set null,
  -- What stays of the actor.
  actor_account_id uuid,
  actor_email text,
  action text not null,
  target_type text,
  target_id text,
  details jsonb not null default '{}',
  ip_address inet,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint audit_entries_action_length check (char_length(action) between 1 and 100),
  constraint audit_entries_target_type_length check (char_length(target_type) <= 100),
  constraint audit_entries_details_object check (jsonb_typeof(details) = 'object')
);
create index idx_audit_entries_actor on public.audit_entries (actor_id, created_at desc);
create index idx_audit_entries_actor_account on public.audit_entries (actor_account_id, created_at desc);
create index idx_audit_entries_target on public.audit_entries (target_type, target_id, created_at desc);
create index idx_audit_entries_created on public.audit_entries (created_at desc);

create trigger set_updated_at before update on public.audit_entries
  for each row execute function private.set_updated_at();

alter table public.audit_entries enable row level security;
create policy "Admins can read the audit entries" on public.audit_entries
  for select to authenticated using ((select public.get_user_role()) = 'admin');

-- Nobody writes, changes or deletes an entry: the functions below do the first, time the last.
revoke all on public.audit_entries from public, anon, authenticated, service_role;
grant select on public.audit_entries to authenticated, service_role;

-- The privacy settings, for whatever is logged. A shortened address names a network of 256 addresses,
-- or an IPv6 site.
create function private.logged_address(address inet) returns inet
language sql stable security definer set search_path = ''
return case
  when coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'anonymize_ip')::boolean, false)
    then pg_catalog.host(pg_catalog.network(pg_catalog.set_masklen(
      address, case pg_catalog.family(address) when 4 then 24 else 48 end)))::inet
  else address
end;
create function private.logged_user_agent(user_agent text) returns text
language sql stable security definer set search_path = ''
return case
  when coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'log_user_agent')::boolean, true)
    then user_agent
end;

-- Writes an entry. Without an actor it is the caller; without a caller it is a program of the operator's.
create function private.record_audit(
  p_action text, p_target_type text, p_target_id text, p_details jsonb,
  p_actor uuid default null, p_address inet default null, p_user_agent text default null) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  actor uuid := coalesce(p_actor, auth.uid());
begin
  insert into public.audit_entries
    (actor_id, actor_account_id, actor_email, action, target_type, target_id, details, ip_address, user_agent)
  select u.id, actor, u.email, p_action, p_target_type, p_target_id, coalesce(p_details, '{}'),
    private.logged_address(p_address), private.logged_user_agent(p_user_agent)
  from (select) one left join auth.users u on u.id = actor;
end $$;

-- For the first lines of what administrators run: the caller's act, if there is a caller.
create function private.record_admin_act(p_action text) returns void
  language plpgsql security definer set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') then
    perform private.record_audit(p_action, 'database', null, '{}');
  end if;
end $$;

-- Rows that only an administrator may write, and rows of other people. Of configuration the entry has
-- what was and what is; of other people's rows only which columns changed, for their words are theirs.
create function private.audit_admin_write() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  before jsonb;
  after jsonb;
  present jsonb;
  personal boolean;
  changed jsonb;
begin
  if current_setting('role') not in ('anon', 'authenticated') or not public.is_current_user_admin() then
    return null;
  end if;
  before := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  present := coalesce(after, before);
  personal := present ? 'user_id';
  if personal and (present ->> 'user_id')::uuid is not distinct from auth.uid() then
    return null;
  end if;
  select coalesce(jsonb_object_agg(k.key,
    case when personal then '{}'::jsonb
      else jsonb_strip_nulls(jsonb_build_object('from', before -> k.key, 'to', after -> k.key)) end), '{}')
  into changed
  from jsonb_object_keys(present) k (key)
  where k.key not in ('created_at', 'updated_at')
    and before -> k.key is distinct from after -> k.key;
  perform private.record_audit(
    lower(tg_op), tg_table_name, coalesce(present ->> 'id', present ->> 'feedback_id'),
    jsonb_build_object('changed', changed));
  return null;
end $$;

do $$
declare
  target text;
begin
  foreach target in array array['admin_config', 'model_config', 'api_providers', 'prompt_frameworks',
    'feedback_categories', 'feedback_tags', 'feedback', 'feedback_tag_links', 'error_logs'] loop
    execute format(
      'create trigger audit_admin_write after insert or update or delete on public.%I '
      'for each row execute function private.audit_admin_write()', target);
  end loop;
end $$;

create function public.purge_old_audit_entries() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  deleted bigint;
begin
  delete from public.audit_entries where created_at < now() - interval '7 years';
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_audit_entries() is
  'Removes audit entries of more than seven years ago; returns how many.';

-- `logging_settings` hold for whoever writes a log: a category that is switched off is not written,
-- and privacy settings are applied to what is.
create function private.is_category_logged(category text) returns boolean
language sql stable security definer set search_path = ''
return coalesce(
  (public.get_logging_config() -> 'category_toggles' ->> case category
    when 'auth' then 'log_auth_events' when 'authentication' then 'log_auth_events'
    when 'chat' then 'log_chat_events' when 'document' then 'log_document_events'
    when 'artifact' then 'log_artifact_events' when 'suggestion' then 'log_suggestion_events'
    when 'vote' then 'log_vote_events' when 'file' then 'log_file_events'
    when 'admin' then 'log_admin_events' when 'agent' then 'log_agent_events'
  end)::boolean,
  true);

create function private.honour_activity_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not private.is_category_logged(new.activity_category) then
    return null;
  end if;
  new.ip_address := private.logged_address(new.ip_address);
  new.user_agent := private.logged_user_agent(new.user_agent);
  if not coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'log_request_path')::boolean, true) then
    new.request_path := null;
  end if;
  return new;
end $$;
create function private.honour_agent_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  return case when private.is_category_logged('agent') then new end;
end $$;
create function private.honour_error_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.ip_address := private.logged_address(new.ip_address);
  new.user_agent := private.logged_user_agent(new.user_agent);
  if not coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'log_request_path')::boolean, true) then
    new.request_path := null;
  end if;
  return new;
end $$;
create trigger honour_logging_settings before insert on public.user_activity_logs
  for each row execute function private.honour_activity_settings();
create trigger honour_logging_settings before insert on public.agent_activity_logs
  for each row execute function private.honour_agent_settings();
create trigger honour_logging_settings before insert on public.error_logs
  for each row execute function private.honour_error_settings();

create or replace function public.purge_old_activity_logs()
  returns table (user_logs_deleted bigint, agent_logs_deleted bigint, error_logs_deleted bigint)
  language plpgsql security definer set search_path = '' as $$
declare
  retention jsonb := private.default_logging_config() -> 'log_retention_days'
    || coalesce(public.get_logging_config() -> 'log_retention_days', '{}');
begin
  perform private.require_admin();
  perform private.record_admin_act('purge_activity_logs');
  delete from public.user_activity_logs
  where created_at < now() - make_interval(days => (retention ->> 'user_activity_logs')::int);
  get diagnostics user_logs_deleted = row_count;
  delete from public.agent_activity_logs
  where created_at < now() - make_interval(days => (retention ->> 'agent_activity_logs')::int);
  get diagnostics agent_logs_deleted = row_count;
  delete from public.error_logs
  where resolved and created_at < now() - make_interval(days => (retention ->> 'error_logs')::int);
  get diagnostics error_logs_deleted = row_count;
  return next;
end $$;

create or replace function public.analyze_all_tables() returns table (table_name text, row_estimate bigint, duration_ms numeric)
  language plpgsql security definer set search_path = '' as $$
declare
  found_table record;
  started timestamptz;
begin
  perform private.require_admin();
  perform private.record_admin_act('analyze_tables');
  for found_table in
    select c.oid, c.relname from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname
  loop
    started := clock_timestamp();
    execute format('analyze public.%I', found_table.relname);
    table_name := found_table.relname;
    select greatest(c.reltuples, 0)::bigint into row_estimate from pg_catalog.pg_class c
    where c.oid = found_table.oid;
    duration_ms := round(extract(epoch from clock_timestamp() - started) * 1000, 1);
    return next;
  end loop;
end $$;

create or replace function public.daily_maintenance() returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  purged record;
  windows bigint;
  days bigint;
  tables bigint;
begin
  perform private.require_admin();
  perform private.record_admin_act('daily_maintenance');
  select * into purged from public.purge_old_activity_logs();
  delete from public.rate_limit_tracking where period_end < now() - interval '30 days';
  get diagnostics windows = row_count;
  days := private.refresh_feedback_analytics(90);
  select count(*) into tables from public.analyze_all_tables();
  return jsonb_build_object(
    'user_activity_logs_deleted', purged.user_logs_deleted,
    'agent_activity_logs_deleted', purged.agent_logs_deleted,
    'error_logs_deleted', purged.error_logs_deleted,
    'rate_limit_windows_deleted', windows,
    'feedback_days_refreshed', days,
    'tables_analyzed', tables,
    'deleted_notes_purged', public.purge_deleted_notes(),
    'insights_purged', public.purge_old_insights(),
    'orphaned_clusters_purged', public.purge_orphaned_clusters(),
    'expired_tokens_purged', public.purge_expired_tokens(),
    'audit_entries_purged', public.purge_old_audit_entries());
end $$;

revoke execute on function
  private.logged_address(inet), private.logged_user_agent(text),
  private.record_audit(text, text, text, jsonb, uuid, inet, text), private.record_admin_act(text),
  private.audit_admin_write(), private.is_category_logged(text), private.honour_activity_settings(),
  private.honour_agent_settings(), private.honour_error_settings(), public.purge_old_audit_entries()
  from public, anon, authenticated, service_role;
grant execute on function public.purge_old_audit_entries() to service_role;

select realtime.publish('public.audit_entries');
