drop function public.get_model_costs(text[], date, date, jsonb, integer);
drop function private.end_lost_model_calls(integer);
drop function private.end_model_call(uuid, text, text, integer, bigint, bigint, bigint, bigint, boolean, bigint);
drop function private.write_message_usage(uuid);
drop function private.begin_model_call(uuid, text, text, text, text, uuid, uuid, text, uuid, bigint, jsonb, text);
drop function private.count_keyed_call(text, timestamptz, interval, integer);
drop function private.count_agent_call(
  uuid, public.agent_type, public.rate_limit_type, timestamptz, interval, integer);
select realtime.unpublish('public.model_calls');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
drop table public.model_calls;
drop type public.model_key_owner, public.model_call_outcome, public.model_call_purpose;

drop function public.get_monthly_api_costs(uuid, date);
create function public.get_monthly_api_costs(
  p_user_id uuid default auth.uid(), p_month date default (now() at time zone 'UTC')::date)
  returns table (provider text, total_requests bigint, failed_requests bigint, total_input_tokens bigint,
    total_output_tokens bigint, total_cost numeric)
  language plpgsql stable security definer set search_path = '' as $$
declare
  first_day timestamp := date_trunc('month', p_month::timestamp);
begin
  perform private.require_self(p_user_id);
  return query
  select l.provider, count(*), count(*) filter (where l.status_code >= 400),
     coalesce(sum(l.input_tokens), 0)::bigint, coalesce(sum(l.output_tokens), 0)::bigint, sum(l.cost)
  from public.api_usage_logs l
  where l.user_id = p_user_id and l.created_at >= first_day at time zone 'UTC'
   and l.created_at < (first_day + interval '1 month') at time zone 'UTC'
  group by l.provider order by l.provider;
end $$;
drop function public.get_current_user_usage_summary(date, date);
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
revoke execute on function public.get_current_user_usage_summary(date, date),
  public.get_monthly_api_costs(uuid, date) from public, anon;
grant execute on function public.get_current_user_usage_summary(date, date),
  public.get_monthly_api_costs(uuid, date) to authenticated, service_role;

delete from public.admin_config where config_key ~ '_compatible$';
alter table public.admin_config drop constraint admin_config_config_key_format;
alter table public.admin_config add constraint admin_config_config_key_format check (
  config_key in ('alert_settings', 'app_settings', 'feature_flags', 'logging_settings')
  or config_key ~ '^(chat_model|provider_tools|document|python|mermaid|git_mcp)_agent_(google|openai|anthropic)$');
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
      regexp_replace(new.config_key, '_(google|openai|anthropic)$', ''), new.config_data);
  end if;
  return new;
end $$;

create or replace function private.count_api_usage() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.api_configurations c
  set usage_count = c.usage_count + d.calls, last_used_at = greatest(c.last_used_at, d.last_call)
  from (select user_id, provider, count(*)::int as calls, max(created_at) as last_call
     from new_rows group by user_id, provider) d
  where c.user_id = d.user_id and c.provider = d.provider;
  return null;
end $$;
update public.api_usage_logs set cost = 0 where cost is null;
alter table public.api_usage_logs
  alter column cost set not null,
  alter column cost set default 0,
  drop column own_key;

drop index public.idx_usage_logs_cost_date;
delete from public.usage_logs where agent_type is null;
alter table public.usage_logs
  alter column agent_type set not null,
  drop column total_cost;
alter table public.usage_logs
  add column total_cost numeric generated always as (coalesce(input_cost, 0) + coalesce(output_cost, 0)) stored;
create index idx_usage_logs_cost_date on public.usage_logs (total_cost, request_timestamp);

-- What has no price cannot be kept.
alter table public.model_config disable trigger trigger_ensure_single_default_model;
delete from public.model_config
where provider = 'compatible' or input_pricing_per_million_tokens is null or output_pricing_per_million_tokens is null;
alter table public.model_config enable trigger trigger_ensure_single_default_model;
alter table public.model_config
  alter column input_pricing_per_million_tokens set not null,
  alter column output_pricing_per_million_tokens set not null,
  drop column cached_input_pricing_per_million_tokens;

update public.usage_logs set provider = null where provider = 'compatible';
update public.agent_activity_logs set provider = null where provider = 'compatible';
alter type public.model_provider rename to model_provider_former;
create type public.model_provider as enum ('google', 'openai', 'anthropic');
alter table public.model_config alter column provider type public.model_provider using provider::text::public.model_provider;
alter table public.usage_logs alter column provider type public.model_provider using provider::text::public.model_provider;
alter table public.agent_activity_logs
  alter column provider type public.model_provider using provider::text::public.model_provider;
drop type public.model_provider_former;

delete from public.rate_limit_tracking where limit_type = 'minutely';
alter type public.rate_limit_type rename to rate_limit_type_former;
create type public.rate_limit_type as enum ('hourly', 'daily');
alter table public.rate_limit_tracking
  alter column limit_type type public.rate_limit_type using limit_type::text::public.rate_limit_type;
drop type public.rate_limit_type_former;
