-- One record for each call of a model: what it used, what it cost, how it ended. Usage, costs of providers, activities of
-- agents, messages and their chats are written from it (private.end_model_call) in one transaction, so that every total is
-- the sum of these rows. A cost that nobody knows is null, never zero.

-- Any server that speaks OpenAI's protocol. Its address is a setting, or a row of api_providers of this name.
alter type public.model_provider add value 'compatible';
alter type public.rate_limit_type add value 'minutely' before 'hourly';

-- A model may have no price, and a lower one for what the provider had in its cache.
alter table public.model_config
  alter column input_pricing_per_million_tokens drop not null,
  alter column output_pricing_per_million_tokens drop not null,
  add column cached_input_pricing_per_million_tokens numeric,
  add constraint model_config_cached_pricing_not_negative check (cached_input_pricing_per_million_tokens >= 0);
comment on constraint model_config_cached_pricing_not_negative on public.model_config is
  'cached_input_pricing_per_million_tokens must not be negative';
grant insert (cached_input_pricing_per_million_tokens), update (cached_input_pricing_per_million_tokens)
  on public.model_config to authenticated;

-- Not every call is an agent's, and an unknown cost is none of zero.
drop index public.idx_usage_logs_cost_date;
alter table public.usage_logs
  alter column agent_type drop not null,
  drop column total_cost;
alter table public.usage_logs
  add column total_cost numeric generated always as (case when input_cost is null and output_cost is null then null
    else coalesce(input_cost, 0) + coalesce(output_cost, 0) end) stored;
create index idx_usage_logs_cost_date on public.usage_logs (total_cost, request_timestamp);

-- Calls with the server's key are costs of a provider, too, but no use of a person's key.
alter table public.api_usage_logs
  alter column cost drop not null,
  alter column cost drop default,
  add column own_key boolean not null default true;
create or replace function private.count_api_usage() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.api_configurations c
  set usage_count = c.usage_count + d.calls, last_used_at = greatest(c.last_used_at, d.last_call)
  from (select user_id, provider, count(*)::int as calls, max(created_at) as last_call
     from new_rows where own_key group by user_id, provider) d
  where c.user_id = d.user_id and c.provider = d.provider;
  return null;
end $$;

-- Agents of the compatible provider begin as those of OpenAI are now; it has no tools of its own.
alter table public.admin_config drop constraint admin_config_config_key_format;
alter table public.admin_config add constraint admin_config_config_key_format check (
  config_key in ('alert_settings', 'app_settings', 'feature_flags', 'logging_settings')
  or config_key ~ '^(chat_model|provider_tools|document|python|mermaid|git_mcp)_agent_(google|openai|anthropic|compatible)$');
comment on constraint admin_config_config_key_format on public.admin_config is
  'config_key must be alert_settings, app_settings, feature_flags, logging_settings, or an agent and its provider, such as python_agent_openai';
create or replace function public.validate_admin_config_data() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if jsonb_typeof(new.config_data) is distinct from 'object' then
    perform private.refuse_admin_config('it must be a JSON object');
  end if;
  if new.config_key = 'app_settings' then
    if jsonb_typeof(new.config_data -> 'availableProviders') is distinct from 'array'
      or not coalesce(new.config_data -> 'availableProviders' ? (new.config_data ->> 'activeProvider'), false) then
      perform private.refuse_admin_config(
        'app_settings needs "activeProvider", one of the array "availableProviders"');
    end if;
    if new.config_data ? 'maxProjectsPerUser' and (
      jsonb_typeof(new.config_data -> 'maxProjectsPerUser') <> 'number'
      or (new.config_data ->> 'maxProjectsPerUser')::numeric not between 0 and 1000000
      or (new.config_data ->> 'maxProjectsPerUser')::numeric % 1 <> 0) then
      perform private.refuse_admin_config(
        '"maxProjectsPerUser" is a whole number from 0 to 1,000,000');
    end if;
  elsif new.config_key = 'logging_settings' then
    perform private.validate_logging_settings(new.config_data);
  elsif new.config_key = 'feature_flags' then
    perform private.validate_feature_flags(new.config_data);
  elsif new.config_key = 'alert_settings' then
    perform private.validate_alert_settings(new.config_data);
  else
    perform private.validate_agent_config(
      regexp_replace(new.config_key, '_(google|openai|anthropic|compatible)$', ''), new.config_data);
  end if;
  return new;
end $$;
insert into public.admin_config (config_key, config_data)
select replace(config_key, '_openai', '_compatible'), config_data from public.admin_config
where config_key ~ '_agent_openai$' and config_key <> 'provider_tools_agent_openai'
on conflict (config_key) do nothing;

create type public.model_call_purpose as enum (
  'chat', 'document', 'insight', 'prompt', 'project', 'title', 'transcript');
create type public.model_call_outcome as enum ('running', 'completed', 'stopped', 'failed', 'interrupted');
create type public.model_key_owner as enum ('person', 'server', 'none');

create table public.model_calls (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null,
  model text not null,
  agent_type public.agent_type,
  purpose public.model_call_purpose not null,
  chat_id uuid references public.chats (id) on delete set null,
  message_id uuid references public.messages (id) on delete set null,
  key_owner public.model_key_owner not null,
  api_configuration_id uuid references public.api_configurations (id) on delete set null,
  outcome public.model_call_outcome not null default 'running',
  error_type text,
  status_code integer,
  input_tokens bigint,
  output_tokens bigint,
  cached_tokens bigint,
  reasoning_tokens bigint,
  is_estimated boolean not null default true,
  input_price numeric,
  cached_input_price numeric,
  output_price numeric,
  input_cost numeric,
  output_cost numeric,
  cost numeric generated always as (input_cost + output_cost) stored,
  response_bytes bigint,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  ended_at timestamptz,
  duration_ms bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint model_calls_provider_length check (char_length(provider) between 1 and 50),
  constraint model_calls_model_length check (char_length(model) between 1 and 100),
  constraint model_calls_error_type_length check (char_length(error_type) <= 100),
  constraint model_calls_numbers_not_negative check (
    input_tokens >= 0 and output_tokens >= 0 and cached_tokens >= 0 and reasoning_tokens >= 0 and input_cost >= 0
    and output_cost >= 0 and response_bytes >= 0 and duration_ms >= 0),
  constraint model_calls_ended check ((outcome = 'running') = (ended_at is null))
);
comment on constraint model_calls_numbers_not_negative on public.model_calls is
  'tokens, costs, bytes and duration_ms must not be negative';
comment on constraint model_calls_ended on public.model_calls is
  'ended_at must be given once the call is no longer running, and not before';
-- The cost is among them: a month's sum is read from the index alone.
create index idx_model_calls_user_started on public.model_calls (user_id, started_at desc) include (cost, key_owner);
create index idx_model_calls_started on public.model_calls (started_at desc);
create index idx_model_calls_chat on public.model_calls (chat_id);
create index idx_model_calls_message on public.model_calls (message_id);
create index idx_model_calls_configuration on public.model_calls (api_configuration_id);
create index idx_model_calls_running on public.model_calls (seen_at) where outcome = 'running';

create trigger set_updated_at before update on public.model_calls
  for each row execute function private.set_updated_at();

alter table public.model_calls enable row level security;
create policy "Users can read own model calls, admins can read all" on public.model_calls
  for select to authenticated
  using (user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()));

revoke all on public.model_calls from public, anon, authenticated, service_role;
grant select on public.model_calls to authenticated;
grant select, delete on public.model_calls to service_role;

select realtime.publish('public.model_calls');

-- Counts one more call in a window of an agent and a person; the milliseconds until the next window where it is full.
create function private.count_agent_call(
  p_user uuid, p_agent public.agent_type, p_type public.rate_limit_type, p_start timestamptz, p_length interval,
  p_allowed integer) returns bigint
language plpgsql set search_path = '' as $$
begin
  insert into public.rate_limit_tracking as t
    (user_id, agent_type, limit_type, period_start, period_end, request_count, limit_value)
  values (p_user, p_agent, p_type, p_start, p_start + p_length, 1, p_allowed)
  on conflict (user_id, agent_type, limit_type, period_start) do update
    set request_count = t.request_count + 1, limit_value = p_allowed
    where t.request_count < p_allowed;
  return case when not found
    then greatest(1, ceil(extract(epoch from p_start + p_length - now()) * 1000))::bigint end;
end $$;

-- The same for a window that is known by a key.
create function private.count_keyed_call(p_key text, p_start timestamptz, p_length interval, p_allowed integer)
  returns bigint
language plpgsql set search_path = '' as $$
begin
  insert into public.rate_limits as r (id, count, window_start, reset_time)
  values (p_key, 1, p_start, p_start + p_length)
  on conflict (id) do update
    set count = case when r.window_start = p_start then r.count + 1 else 1 end,
      window_start = p_start, reset_time = p_start + p_length
    where r.window_start < p_start or r.count < p_allowed;
  return case when not found
    then greatest(1, ceil(extract(epoch from p_start + p_length - now()) * 1000))::bigint end;
end $$;

-- Begins a call, unless a limit, the budget or a pause of the provider refuses it. All in one statement, so that limits
-- hold over all servers; the windows are locked in one order, the shared ones last. Refused, nothing is counted.
--   p_limits  {"agent": {"perMinute", "perHour", "perDay"}, "user": {"perMinute", "perDay"}, "provider": {…}}
-- Returns the call, or what refused it, for how long, and what is allowed.
create function private.begin_model_call(
  p_user uuid, p_provider text, p_model text, p_agent text, p_purpose text, p_chat uuid, p_message uuid,
  p_key_owner text, p_configuration uuid, p_input_tokens bigint, p_limits jsonb, p_budget text)
  returns table (id uuid, refused text, retry_after_ms bigint, allowed text)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  this_minute constant timestamptz := date_trunc('minute', now());
  this_hour constant timestamptz := date_trunc('hour', now());
  this_day constant timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
  this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
  -- Of a person's own key each has windows of their own, for it is their contract with the provider.
  contract constant text := 'model_provider:' || p_provider || case p_key_owner when 'person' then ':' || p_user else '' end;
  agent constant public.agent_type := p_agent::public.agent_type;
  wait bigint;
  known public.model_config;
  made uuid;
begin
  if p_key_owner = 'server' then
    select ceil(extract(epoch from p.waits_until - now()) * 1000)::bigint into wait
    from mindloom.job_providers p where p.name = p_provider and p.waits_until > now();
    if wait is not null then
      return query select null::uuid, 'provider_pause', wait, null::text;
      return;
    end if;
    if p_budget is not null and p_budget::numeric <= (
      select coalesce(sum(c.cost), 0) from public.model_calls c
      where c.user_id = p_user and c.started_at >= this_month at time zone 'UTC' and c.key_owner = 'server') then
      return query select null::uuid, 'budget', ceil(extract(epoch from
        (this_month + interval '1 month') at time zone 'UTC' - now()) * 1000)::bigint, p_budget;
      return;
    end if;
  end if;
  declare
    counted record;
  begin
    for counted in
      select l.name, l.allowed, l.place from (values
        (1, 'agent_minute', (p_limits #>> '{agent,perMinute}')::integer),
        (2, 'agent_hour', (p_limits #>> '{agent,perHour}')::integer),
        (3, 'agent_day', (p_limits #>> '{agent,perDay}')::integer),
        (4, 'user_minute', (p_limits #>> '{user,perMinute}')::integer),
        (5, 'user_day', (p_limits #>> '{user,perDay}')::integer),
        (6, 'provider_minute', (p_limits #>> '{provider,perMinute}')::integer),
        (7, 'provider_day', (p_limits #>> '{provider,perDay}')::integer)) l (place, name, allowed)
      where l.allowed is not null order by l.place
    loop
      wait := case counted.name
        when 'agent_minute' then private.count_agent_call(p_user, agent, 'minutely', this_minute, '1 minute', counted.allowed)
        when 'agent_hour' then private.count_agent_call(p_user, agent, 'hourly', this_hour, '1 hour', counted.allowed)
        when 'agent_day' then private.count_agent_call(p_user, agent, 'daily', this_day, '1 day', counted.allowed)
        when 'user_minute' then
          private.count_keyed_call('model_user:' || p_user || ':minute', this_minute, '1 minute', counted.allowed)
        when 'user_day' then private.count_keyed_call('model_user:' || p_user || ':day', this_day, '1 day', counted.allowed)
        when 'provider_minute' then private.count_keyed_call(contract || ':minute', this_minute, '1 minute', counted.allowed)
        else private.count_keyed_call(contract || ':day', this_day, '1 day', counted.allowed) end;
      if wait is not null then
        raise exception using errcode = 'MLLIM', message = counted.name, detail = counted.allowed::text;
      end if;
    end loop;
  exception when sqlstate 'MLLIM' then
    return query select null::uuid, counted.name, wait, counted.allowed::text;
    return;
  end;
  select * into known from public.model_config m where m.model_id = p_model;
  insert into public.model_calls as c (user_id, provider, model, agent_type, purpose, chat_id, message_id, key_owner,
    api_configuration_id, input_tokens, input_price, cached_input_price, output_price)
  values (p_user, p_provider, p_model, agent, p_purpose::public.model_call_purpose, p_chat, p_message,
    p_key_owner::public.model_key_owner, p_configuration, p_input_tokens,
    case when p_provider = 'local' then 0 else known.input_pricing_per_million_tokens end,
    known.cached_input_pricing_per_million_tokens,
    case when p_provider = 'local' then 0 else known.output_pricing_per_million_tokens end)
  returning c.id into made;
  return query select made, null::text, null::bigint, null::text;
end $$;

-- What a message's calls used and cost together; an unknown cost among them makes the whole unknown.
create function private.write_message_usage(p_message uuid) returns void
language sql volatile set search_path = ''
begin atomic
  update public.messages m
  set input_tokens = least(c.input_tokens, 2147483647), output_tokens = least(c.output_tokens, 2147483647),
    cost = c.cost, model_used = coalesce(c.model, m.model_used)
  from (select sum(c.input_tokens) as input_tokens, sum(c.output_tokens) as output_tokens,
      case when bool_and(c.cost is not null) then sum(c.cost) end as cost,
      (array_agg(c.model order by c.started_at desc, c.id desc))[1] as model
    from public.model_calls c where c.message_id = p_message and c.outcome <> 'running') c
  where m.id = p_message;
end;

-- Ends a call, and writes everything that is told of it. A call that has ended stays as it is.
create function private.end_model_call(
  p_id uuid, p_outcome text, p_error_type text, p_status_code integer, p_input bigint, p_output bigint, p_cached bigint,
  p_reasoning bigint, p_estimated boolean, p_response_bytes bigint)
  returns table (cost text, duration_ms bigint, was_running boolean)
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  call public.model_calls;
  is_known boolean;
begin
  update public.model_calls c
  set outcome = p_outcome::public.model_call_outcome, error_type = p_error_type, status_code = p_status_code,
    input_tokens = p_input, output_tokens = p_output, cached_tokens = p_cached, reasoning_tokens = p_reasoning,
    is_estimated = p_estimated, response_bytes = p_response_bytes,
    -- What the provider's cache held may cost less.
    input_cost = case when p_input = 0 then 0 else trim_scale(
      ((p_input - least(coalesce(p_cached, 0), p_input)) * c.input_price
      + least(coalesce(p_cached, 0), p_input) * coalesce(c.cached_input_price, c.input_price)) / 1000000) end,
    output_cost = case when p_output = 0 then 0 else trim_scale(p_output * c.output_price / 1000000) end,
    ended_at = clock_timestamp(), seen_at = clock_timestamp(),
    duration_ms = greatest(0, extract(epoch from clock_timestamp() - c.started_at) * 1000)::bigint
  where c.id = p_id and c.outcome = 'running'
  returning * into call;
  if not found then
    return query select c.cost::text, c.duration_ms, false from public.model_calls c where c.id = p_id;
    return;
  end if;
  if call.provider <> 'local' then
    is_known := call.cost is not null;
    insert into public.usage_logs (id, user_id, chat_id, agent_type, model_used, provider, input_tokens, output_tokens,
      input_cost, output_cost, request_timestamp, response_timestamp, duration_ms, metadata)
    values (call.id, call.user_id, call.chat_id, call.agent_type, call.model, call.provider::public.model_provider,
      least(call.input_tokens, 2147483647), least(call.output_tokens, 2147483647),
      case when is_known then call.input_cost end, case when is_known then call.output_cost end,
      call.started_at, call.ended_at, least(call.duration_ms, 2147483647),
      jsonb_build_object('purpose', call.purpose, 'outcome', call.outcome, 'estimated', call.is_estimated));
    insert into public.api_usage_logs (id, user_id, provider, model, response_size, response_time_ms,
      status_code, error_message, input_tokens, output_tokens, cost, own_key, created_at)
    values (call.id, call.user_id, call.provider, call.model,
      least(call.response_bytes, 2147483647), least(call.duration_ms, 2147483647), call.status_code, call.error_type,
      least(call.input_tokens, 2147483647), least(call.output_tokens, 2147483647), call.cost,
      call.key_owner = 'person', call.started_at);
  end if;
  if call.agent_type is not null then
    insert into public.agent_activity_logs (id, user_id, correlation_id, agent_type, operation_type, operation_category,
      operation_metadata, resource_id, resource_type, duration_ms, start_time, end_time, model_id, provider,
      input_tokens, output_tokens, reasoning_tokens, total_tokens, input_cost, output_cost, total_cost, success,
      error_type, thinking_mode)
    values (call.id, call.user_id, coalesce(call.message_id, call.chat_id, call.id), call.agent_type, 'model_call',
      'agent', jsonb_build_object('purpose', call.purpose, 'outcome', call.outcome, 'estimated', call.is_estimated),
      coalesce(call.message_id, call.chat_id),
      case when call.message_id is not null then 'message' when call.chat_id is not null then 'chat' end,
      least(call.duration_ms, 2147483647), call.started_at, call.ended_at, call.model,
      case when call.provider <> 'local' then call.provider::public.model_provider end,
      least(call.input_tokens, 2147483647), least(call.output_tokens, 2147483647),
      least(call.reasoning_tokens, 2147483647), least(call.input_tokens + call.output_tokens, 2147483647),
      call.input_cost, call.output_cost, call.cost, call.outcome in ('completed', 'stopped'), call.error_type,
      coalesce(call.reasoning_tokens, 0) > 0);
  end if;
  if call.message_id is not null then
    perform private.write_message_usage(call.message_id);
  elsif call.chat_id is not null then
    -- The totals of a chat are those of its messages; what belongs to none of them, as a title, is added here.
    update public.chats c
    set total_input_tokens = c.total_input_tokens + coalesce(call.input_tokens, 0),
      total_output_tokens = c.total_output_tokens + coalesce(call.output_tokens, 0),
      total_cost = c.total_cost + coalesce(call.cost, 0)
    where c.id = call.chat_id;
  end if;
  return query select call.cost::text, call.duration_ms, true;
end $$;

-- Calls of processes that are gone: they give signs every few seconds. What is known of them is recorded.
create function private.end_lost_model_calls(p_limit integer) returns bigint
language plpgsql set search_path = '' as $$
declare
  lost public.model_calls;
  ended bigint := 0;
begin
  for lost in
    select * from public.model_calls c
    where c.outcome = 'running' and c.seen_at < now() - interval '1 minute'
    order by c.seen_at limit p_limit for update skip locked
  loop
    perform private.end_model_call(lost.id, 'interrupted', 'process_lost', null, lost.input_tokens,
      coalesce(lost.output_tokens, 0), null, null, true, null);
    ended := ended + 1;
  end loop;
  return ended;
end $$;

-- What calls used and cost, by what is asked for: users see their own, administrators everybody's.
--   p_by      any of user, agent, model, provider, key, purpose, outcome, day, month
--   p_filter  {"user", "agent", "model", "provider", "keyOwner", "purpose", "chat"}, each left out for all
create function public.get_model_costs(
  p_by text[], p_from date, p_to date, p_filter jsonb, p_limit integer)
  returns jsonb
language sql stable security invoker set search_path = '' as $$
  with chosen as (
    select c.*, (c.started_at at time zone 'UTC')::date as day
    from public.model_calls c
    where c.started_at >= p_from::timestamp at time zone 'UTC'
      and c.started_at < (p_to + 1)::timestamp at time zone 'UTC'
      and (p_filter ->> 'user' is null or c.user_id = (p_filter ->> 'user')::uuid)
      and (p_filter ->> 'agent' is null or c.agent_type = lower(p_filter ->> 'agent')::public.agent_type)
      and (p_filter ->> 'model' is null or c.model = p_filter ->> 'model')
      and (p_filter ->> 'provider' is null or c.provider = p_filter ->> 'provider')
      and (p_filter ->> 'keyOwner' is null or c.key_owner = lower(p_filter ->> 'keyOwner')::public.model_key_owner)
      and (p_filter ->> 'purpose' is null or c.purpose = lower(p_filter ->> 'purpose')::public.model_call_purpose)
      and (p_filter ->> 'chat' is null or c.chat_id = (p_filter ->> 'chat')::uuid)
  ), grouped as (
    select case when 'user' = any (p_by) then c.user_id end as user_id,
      case when 'agent' = any (p_by) then c.agent_type end as agent,
      case when 'model' = any (p_by) then c.model end as model,
      case when 'provider' = any (p_by) then c.provider end as provider,
      case when 'key' = any (p_by) then c.key_owner end as key_owner,
      case when 'key' = any (p_by) then c.api_configuration_id end as key_id,
      case when 'purpose' = any (p_by) then c.purpose end as purpose,
      case when 'outcome' = any (p_by) then c.outcome end as outcome,
      case when 'day' = any (p_by) then c.day when 'month' = any (p_by) then date_trunc('month', c.day)::date end as day,
      count(*) as calls,
      count(*) filter (where c.outcome in ('failed', 'interrupted')) as failed,
      count(*) filter (where c.outcome <> 'running' and c.cost is null) as unpriced,
      count(*) filter (where c.outcome <> 'running' and c.is_estimated) as estimated,
      coalesce(sum(c.input_tokens) filter (where c.outcome <> 'running'), 0) as input_tokens,
      coalesce(sum(c.output_tokens) filter (where c.outcome <> 'running'), 0) as output_tokens,
      coalesce(sum(c.cached_tokens), 0) as cached_tokens,
      coalesce(sum(c.reasoning_tokens), 0) as reasoning_tokens,
      coalesce(sum(c.cost), 0) as cost,
      avg(c.duration_ms) as mean_ms
    from chosen c group by 1, 2, 3, 4, 5, 6, 7, 8, 9
    order by day desc nulls last, cost desc, calls desc, 1, 2, 3, 4, 5, 6, 7, 8
    limit least(greatest(p_limit, 0), 10000)
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'userId', g.user_id, 'agent', upper(g.agent::text), 'model', g.model, 'provider', g.provider,
    'keyOwner', upper(g.key_owner::text), 'keyId', g.key_id, 'purpose', upper(g.purpose::text),
    'outcome', upper(g.outcome::text), 'day', g.day, 'calls', g.calls::text, 'failedCalls', g.failed::text,
    'unpricedCalls', g.unpriced::text, 'estimatedCalls', g.estimated::text, 'inputTokens', g.input_tokens::text,
    'outputTokens', g.output_tokens::text, 'cachedTokens', g.cached_tokens::text,
    'reasoningTokens', g.reasoning_tokens::text, 'cost', g.cost::text, 'meanDurationMs', g.mean_ms::float8)
    order by g.day desc nulls last, g.cost desc, g.calls desc, g.user_id, g.agent, g.model, g.provider), '[]')
  from grouped g
$$;

-- The sums of costs are of those that are known; how many are not is told beside them.
drop function public.get_current_user_usage_summary(date, date);
create function public.get_current_user_usage_summary(
  p_start_date date default (now() at time zone 'UTC')::date - 30,
  p_end_date date default (now() at time zone 'UTC')::date)
  returns table (total_calls bigint, total_input_tokens bigint, total_output_tokens bigint,
    total_tokens bigint, total_cost numeric, agent_breakdown jsonb, unpriced_calls bigint)
  language sql stable security invoker set search_path = '' as $$
  with agents as (
    select coalesce(u.agent_type::text, 'none') as agent, count(*) as calls,
       coalesce(sum(u.input_tokens), 0)::bigint as input_tokens,
       coalesce(sum(u.output_tokens), 0)::bigint as output_tokens,
       coalesce(sum(u.total_tokens), 0)::bigint as tokens, coalesce(sum(u.total_cost), 0) as cost,
       count(*) filter (where u.total_cost is null) as unpriced
    from public.usage_logs u
    where u.user_id = (select auth.uid())
     and u.request_timestamp >= (p_start_date::timestamp at time zone 'UTC')
     and u.request_timestamp < ((p_end_date + 1)::timestamp at time zone 'UTC')
    group by 1
  )
  select coalesce(sum(calls), 0)::bigint, coalesce(sum(input_tokens), 0)::bigint,
     coalesce(sum(output_tokens), 0)::bigint, coalesce(sum(tokens), 0)::bigint,
     coalesce(sum(cost), 0),
     coalesce(jsonb_object_agg(agent, jsonb_build_object(
       'calls', calls, 'input_tokens', input_tokens, 'output_tokens', output_tokens,
       'total_tokens', tokens, 'total_cost', cost, 'unpriced_calls', unpriced)), '{}'),
     coalesce(sum(unpriced), 0)::bigint
  from agents
$$;

drop function public.get_monthly_api_costs(uuid, date);
create function public.get_monthly_api_costs(
  p_user_id uuid default auth.uid(), p_month date default (now() at time zone 'UTC')::date)
  returns table (provider text, total_requests bigint, failed_requests bigint, total_input_tokens bigint,
    total_output_tokens bigint, total_cost numeric, unpriced_requests bigint)
  language plpgsql stable security definer set search_path = '' as $$
declare
  first_day timestamp := date_trunc('month', p_month::timestamp);
begin
  perform private.require_self(p_user_id);
  return query
  select l.provider, count(*), count(*) filter (where l.status_code >= 400 or l.error_message is not null),
     coalesce(sum(l.input_tokens), 0)::bigint, coalesce(sum(l.output_tokens), 0)::bigint, coalesce(sum(l.cost), 0),
     count(*) filter (where l.cost is null)
  from public.api_usage_logs l
  where l.user_id = p_user_id and l.created_at >= first_day at time zone 'UTC'
   and l.created_at < (first_day + interval '1 month') at time zone 'UTC'
  group by l.provider order by l.provider;
end $$;

revoke execute on function
  private.count_agent_call(uuid, public.agent_type, public.rate_limit_type, timestamptz, interval, integer),
  private.count_keyed_call(text, timestamptz, interval, integer),
  private.begin_model_call(uuid, text, text, text, text, uuid, uuid, text, uuid, bigint, jsonb, text),
  private.write_message_usage(uuid),
  private.end_model_call(uuid, text, text, integer, bigint, bigint, bigint, bigint, boolean, bigint),
  private.end_lost_model_calls(integer), public.get_model_costs(text[], date, date, jsonb, integer),
  public.get_current_user_usage_summary(date, date), public.get_monthly_api_costs(uuid, date)
  from public, anon, authenticated, service_role;
grant execute on function public.get_model_costs(text[], date, date, jsonb, integer),
  public.get_current_user_usage_summary(date, date), public.get_monthly_api_costs(uuid, date)
  to authenticated, service_role;
