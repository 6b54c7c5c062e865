-- Errors, what users did, and what agents did. Rows are written by the server alone: if a user could
-- insert them, a log would prove nothing.

create type public.error_type as enum ('auth', 'api', 'admin', 'app', 'user', 'permission', 'system');
create type public.error_severity as enum ('info', 'warning', 'error', 'critical');

create table public.error_logs (
  id uuid primary key default uuidv7(),
  user_id uuid references auth.users (id) on delete set null,
  error_type public.error_type not null,
  error_category text not null,
  error_message text not null,
  error_details jsonb,
  request_path text,
  request_method text,
  user_agent text,
  ip_address inet,
  session_id text,
  severity public.error_severity not null default 'error',
  resolved boolean not null default false,
  resolved_by uuid references auth.users (id) on delete set null,
  resolved_at timestamptz,
  resolution_notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint error_logs_error_category_length check (char_length(error_category) between 1 and 100),
  constraint error_logs_request_path_length check (char_length(request_path) <= 500),
  constraint error_logs_request_method_length check (char_length(request_method) <= 10),
  constraint error_logs_session_id_length check (char_length(session_id) <= 100),
  constraint error_logs_resolved_has_time check (resolved = (resolved_at is not null))
);
create index idx_error_logs_user_id on public.error_logs (user_id);
create index idx_error_logs_error_type on public.error_logs (error_type);
create index idx_error_logs_error_category on public.error_logs (error_category);
create index idx_error_logs_severity on public.error_logs (severity);
create index idx_error_logs_created_at on public.error_logs (created_at desc);
create index idx_error_logs_resolved on public.error_logs (resolved, created_at desc);
create index idx_error_logs_user_created on public.error_logs (user_id, created_at desc);
create index idx_error_logs_type_severity on public.error_logs (error_type, severity);
create index idx_error_logs_resolved_by on public.error_logs (resolved_by);

create table public.user_activity_logs (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth.users (id) on delete cascade,
  correlation_id uuid not null default uuidv7(),
  activity_type text not null,
  activity_category text not null default 'general',
  activity_metadata jsonb not null default '{}',
  resource_id uuid,
  resource_type text,
  ip_address inet,
  user_agent text,
  request_path text,
  request_method text,
  session_id text,
  success boolean not null default true,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_activity_logs_activity_type_length check (char_length(activity_type) between 1 and 100),
  constraint user_activity_logs_activity_category_length check (char_length(activity_category) between 1 and 50),
  constraint user_activity_logs_resource_type_length check (char_length(resource_type) <= 50),
  constraint user_activity_logs_request_path_length check (char_length(request_path) <= 500),
  constraint user_activity_logs_request_method_length check (char_length(request_method) <= 10),
  constraint user_activity_logs_session_id_length check (char_length(session_id) <= 100)
);
create index idx_user_activity_user_id on public.user_activity_logs (user_id);
create index idx_user_activity_correlation on public.user_activity_logs (correlation_id);
create index idx_user_activity_type on public.user_activity_logs (activity_type);
create index idx_user_activity_category on public.user_activity_logs (activity_category);
create index idx_user_activity_created on public.user_activity_logs (created_at desc);
create index idx_user_activity_user_created on public.user_activity_logs (user_id, created_at desc);
create index idx_user_activity_resource on public.user_activity_logs (resource_type, resource_id);
create index idx_user_activity_success on public.user_activity_logs (success);
create index idx_user_activity_user_type_date
  on public.user_activity_logs (user_id, activity_type, created_at desc);

create table public.agent_activity_logs (
  id uuid primary key default uuidv7(),
  user_id uuid references auth.users (id) on delete set null,
  correlation_id uuid not null default uuidv7(),
  agent_type public.agent_type not null,
  operation_type text not null,
  operation_category text not null,
  operation_metadata jsonb not null default '{}',
  resource_id uuid,
  resource_type text,
  duration_ms integer,
  start_time timestamptz,
  end_time timestamptz,
  model_id text,
  provider public.model_provider,
  thinking_mode boolean not null default false,
  input_tokens integer,
  output_tokens integer,
  reasoning_tokens integer,
  total_tokens integer,
  input_cost numeric,
  output_cost numeric,
  total_cost numeric,
  success boolean not null default true,
  error_type text,
  error_message text,
  retry_count integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agent_activity_logs_operation_type_length check (char_length(operation_type) between 1 and 50),
  constraint agent_activity_logs_operation_category_length
    check (char_length(operation_category) between 1 and 50),
  constraint agent_activity_logs_resource_type_length check (char_length(resource_type) <= 50),
  constraint agent_activity_logs_model_id_length check (char_length(model_id) <= 100),
  constraint agent_activity_logs_error_type_length check (char_length(error_type) <= 100),
  constraint agent_activity_logs_duration_ms_not_negative check (duration_ms >= 0),
  constraint agent_activity_logs_end_after_start check (end_time >= start_time),
  constraint agent_activity_logs_tokens_not_negative
    check (input_tokens >= 0 and output_tokens >= 0 and reasoning_tokens >= 0 and total_tokens >= 0),
  constraint agent_activity_logs_costs_not_negative
    check (input_cost >= 0 and output_cost >= 0 and total_cost >= 0),
  constraint agent_activity_logs_retry_count_not_negative check (retry_count >= 0)
);
create index idx_agent_activity_user_id on public.agent_activity_logs (user_id);
create index idx_agent_activity_correlation on public.agent_activity_logs (correlation_id);
create index idx_agent_activity_agent_type on public.agent_activity_logs (agent_type);
create index idx_agent_activity_operation on public.agent_activity_logs (operation_type);
create index idx_agent_activity_category on public.agent_activity_logs (operation_category);
create index idx_agent_activity_created on public.agent_activity_logs (created_at desc);
create index idx_agent_activity_model on public.agent_activity_logs (model_id, provider);
create index idx_agent_activity_success on public.agent_activity_logs (success);
create index idx_agent_activity_resource on public.agent_activity_logs (resource_type, resource_id);
create index idx_agent_activity_duration on public.agent_activity_logs (duration_ms);
create index idx_agent_activity_cost on public.agent_activity_logs (total_cost);
create index idx_agent_activity_agent_op_date
  on public.agent_activity_logs (agent_type, operation_type, created_at desc);

-- An administrator says that an error is resolved; by whom and when is recorded here. An error whose
-- resolver was deleted stays resolved.
create function private.record_error_resolution() returns trigger
  language plpgsql set search_path = '' as $$
begin
  if not new.resolved then
    new.resolved_by := null;
    new.resolved_at := null;
  elsif tg_op = 'INSERT' or not old.resolved then
    new.resolved_by := coalesce(auth.uid(), new.resolved_by);
    new.resolved_at := coalesce(new.resolved_at, now());
  end if;
  return new;
end $$;
create trigger error_logs_resolution before insert or update on public.error_logs
  for each row execute function private.record_error_resolution();

create trigger set_updated_at before update on public.error_logs
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.user_activity_logs
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.agent_activity_logs
  for each row execute function private.set_updated_at();

-- Deletes what is older than logging_settings allow. Of the errors only resolved ones go.
create function public.purge_old_activity_logs()
  returns table (user_logs_deleted bigint, agent_logs_deleted bigint, error_logs_deleted bigint)
  language plpgsql security definer set search_path = '' as $$
declare
  retention jsonb := private.default_logging_config() -> 'log_retention_days'
    || coalesce(public.get_logging_config() -> 'log_retention_days', '{}');
begin
  perform private.require_admin();
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

alter table public.error_logs enable row level security;
alter table public.user_activity_logs enable row level security;
alter table public.agent_activity_logs enable row level security;

create policy "Users can read own error_logs, admins can read all error_logs" on public.error_logs
  for select to authenticated
  using ((user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()))
    or (user_id is null and (select public.get_user_role()) = 'admin'));
create policy "Admins can update error_logs" on public.error_logs
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Users can read own activity logs, admins can read all" on public.user_activity_logs
  for select to authenticated
  using (user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()));
create policy "Users can read own agent logs, admins can read all agent logs" on public.agent_activity_logs
  for select to authenticated
  using ((user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()))
    or (user_id is null and (select public.get_user_role()) = 'admin'));

revoke all on public.error_logs, public.user_activity_logs, public.agent_activity_logs
  from public, anon, authenticated, service_role;
grant select on public.error_logs, public.user_activity_logs, public.agent_activity_logs to authenticated;
grant update (severity, resolved, resolution_notes) on public.error_logs to authenticated;
grant select, insert, update, delete on public.error_logs, public.user_activity_logs, public.agent_activity_logs
  to service_role;
revoke execute on function private.record_error_resolution(), public.purge_old_activity_logs() from public, anon;
grant execute on function public.purge_old_activity_logs() to authenticated, service_role;
