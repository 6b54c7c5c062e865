-- Usage, rate limits per agent, and the repositories that users connect.

create type public.rate_limit_type as enum ('hourly', 'daily');

create table public.usage_logs (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth.users (id) on delete cascade,
  chat_id uuid references public.chats (id) on delete set null,
  agent_type public.agent_type not null,
  model_used text,
  provider public.model_provider,
  input_tokens integer,
  output_tokens integer,
  total_tokens bigint generated always as
    (coalesce(input_tokens, 0)::bigint + coalesce(output_tokens, 0)) stored,
  input_cost numeric,
  output_cost numeric,
  total_cost numeric generated always as (coalesce(input_cost, 0) + coalesce(output_cost, 0)) stored,
  request_timestamp timestamptz not null default now(),
  response_timestamp timestamptz,
  duration_ms integer,
  metadata jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint usage_logs_model_used_length check (char_length(model_used) <= 100),
  constraint usage_logs_input_tokens_not_negative check (input_tokens >= 0),
  constraint usage_logs_output_tokens_not_negative check (output_tokens >= 0),
  constraint usage_logs_input_cost_not_negative check (input_cost >= 0),
  constraint usage_logs_output_cost_not_negative check (output_cost >= 0),
  constraint usage_logs_duration_ms_not_negative check (duration_ms >= 0),
  constraint usage_logs_response_after_request check (response_timestamp >= request_timestamp)
);
create index idx_usage_logs_user_id on public.usage_logs (user_id);
create index idx_usage_logs_user_timestamp on public.usage_logs (user_id, request_timestamp desc);
create index idx_usage_logs_agent_timestamp on public.usage_logs (agent_type, request_timestamp desc);
create index idx_usage_logs_date_range on public.usage_logs (request_timestamp);
create index idx_usage_logs_model_provider on public.usage_logs (model_used, provider);
create index idx_usage_logs_date_agent on public.usage_logs (request_timestamp, agent_type);
create index idx_usage_logs_cost_date on public.usage_logs (total_cost, request_timestamp);
create index idx_usage_logs_chat_id on public.usage_logs (chat_id);

create table public.rate_limit_tracking (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth.users (id) on delete cascade,
  agent_type public.agent_type not null,
  period_start timestamptz not null,
  period_end timestamptz not null,
  request_count integer not null default 0,
  limit_type public.rate_limit_type not null,
  limit_value integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint rate_limit_tracking_period_key unique (user_id, agent_type, limit_type, period_start),
  constraint rate_limit_tracking_period_order check (period_end > period_start),
  constraint rate_limit_tracking_request_count_not_negative check (request_count >= 0),
  constraint rate_limit_tracking_limit_value_positive check (limit_value > 0)
);
create index idx_rate_limit_user_id on public.rate_limit_tracking (user_id);
create index idx_rate_limit_user_agent on public.rate_limit_tracking (user_id, agent_type);
create index idx_rate_limit_user_agent_period
  on public.rate_limit_tracking (user_id, agent_type, period_start, period_end);

create table public.github_repositories (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  repo_owner text not null,
  repo_name text not null,
  repo_url text,
  default_branch text not null default 'main',
  is_active boolean not null default true,
  last_accessed timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint github_repositories_user_repo_key unique (user_id, repo_owner, repo_name),
  constraint github_repositories_repo_owner_length check (char_length(repo_owner) between 1 and 100),
  constraint github_repositories_repo_name_length check (char_length(repo_name) between 1 and 100),
  constraint github_repositories_repo_url_format check (repo_url ~ '^https?://'),
  constraint github_repositories_default_branch_length check (char_length(default_branch) between 1 and 100)
);
create index idx_github_repos_user_id on public.github_repositories (user_id);
create index idx_github_repos_user on public.github_repositories (user_id) where is_active;
create index idx_github_repos_user_active on public.github_repositories (user_id, is_active, last_accessed desc);

create trigger set_updated_at before update on public.usage_logs
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.rate_limit_tracking
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.github_repositories
  for each row execute function private.set_updated_at();

-- What the caller used between two days, both included, in UTC. Row level security would let an
-- admin sum up everybody, so the caller is named.
create function public.get_current_user_usage_summary(
  p_start_date date default (now() at time zone 'UTC')::date - 30,
  p_end_date date default (now() at time zone 'UTC')::date)
  returns table (total_calls bigint, total_input_tokens bigint, total_output_tokens bigint,
    total_tokens bigint, total_cost numeric, agent_breakdown jsonb)
  language sql stable security invoker set search_path = '' as $$
  with agents as (
    select u.agent_type, count(*) as calls, coalesce(sum(u.input_tokens), 0)::bigint as input_tokens,
       coalesce(sum(u.output_tokens), 0)::bigint as output_tokens,
       coalesce(sum(u.total_tokens), 0)::bigint as tokens, coalesce(sum(u.total_cost), 0) as cost
    from public.usage_logs u
    where u.user_id = (select auth.uid())
     and u.request_timestamp >= (p_start_date::timestamp at time zone 'UTC')
     and u.request_timestamp < ((p_end_date + 1)::timestamp at time zone 'UTC')
    group by u.agent_type
  )
  select coalesce(sum(calls), 0)::bigint, coalesce(sum(input_tokens), 0)::bigint,
     coalesce(sum(output_tokens), 0)::bigint, coalesce(sum(tokens), 0)::bigint,
     coalesce(sum(cost), 0),
     coalesce(jsonb_object_agg(agent_type, jsonb_build_object(
       'calls', calls, 'input_tokens', input_tokens, 'output_tokens', output_tokens,
       'total_tokens', tokens, 'total_cost', cost)), '{}')
  from agents
$$;

alter table public.usage_logs enable row level security;
alter table public.rate_limit_tracking enable row level security;
alter table public.github_repositories enable row level security;

create policy "Users can read own usage_logs, admins can read all usage_logs" on public.usage_logs
  for select to authenticated
  using (user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()));
create policy "Users can read own rate_limits" on public.rate_limit_tracking
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can manage own repositories" on public.github_repositories
  for all to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

revoke all on public.usage_logs, public.rate_limit_tracking, public.github_repositories
  from public, anon, authenticated, service_role;
grant select on public.usage_logs, public.rate_limit_tracking to authenticated;
grant select, delete on public.github_repositories to authenticated;
grant insert (id, user_id, repo_owner, repo_name, repo_url, default_branch, is_active, last_accessed)
  on public.github_repositories to authenticated;
grant update (repo_url, default_branch, is_active, last_accessed) on public.github_repositories to authenticated;
grant select, delete on public.usage_logs to service_role;
grant insert (id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens, input_cost,
    output_cost, request_timestamp, response_timestamp, duration_ms, metadata, created_at, updated_at),
  update (id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens, input_cost,
    output_cost, request_timestamp, response_timestamp, duration_ms, metadata, created_at, updated_at)
  on public.usage_logs to service_role;
grant select, insert, update, delete on public.rate_limit_tracking, public.github_repositories to service_role;
revoke execute on function public.get_current_user_usage_summary(date, date) from public, anon;
grant execute on function public.get_current_user_usage_summary(date, date) to authenticated, service_role;
