-- Feature flags and system settings are rows of admin_config, which administrators alone read and write. What of them
-- concerns others is asked for with the functions below: which flags apply to the caller, and the settings of the
-- application.

alter table public.admin_config drop constraint admin_config_config_key_format;
alter table public.admin_config add constraint admin_config_config_key_format check (
  config_key in ('alert_settings', 'app_settings', 'feature_flags', 'logging_settings')
  or config_key ~ '^(chat_model|provider_tools|document|python|mermaid|git_mcp)_agent_(google|openai|anthropic)$');
comment on constraint admin_config_config_key_format on public.admin_config is
  'config_key must be alert_settings, app_settings, feature_flags, logging_settings, or an agent and its provider, such as python_agent_openai';

-- A flag: {"enabled": true, "value": …, "percent": 0 to 100, "roles": ["anonymous", "user", "admin"], "description": …}.
create function private.validate_feature_flags(config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  flag record;
begin
  if (select count(*) from jsonb_object_keys(config)) > 500 then
    perform private.refuse_admin_config('feature_flags has at most 500 flags');
  end if;
  for flag in select key as name, value as options from jsonb_each(config) loop
    if flag.name !~ '^[A-Za-z][A-Za-z0-9_.-]{0,99}$' then
      perform private.refuse_admin_config(format(
        '"%s" is no flag''s name: it begins with a letter and has up to 100 letters, digits, dots, hyphens and underscores',
        left(flag.name, 120)));
    end if;
    if jsonb_typeof(flag.options) <> 'object' or jsonb_typeof(flag.options -> 'enabled') is distinct from 'boolean' then
      perform private.refuse_admin_config(format('the flag "%s" needs "enabled": true or false', flag.name));
    end if;
    if flag.options - array['enabled', 'value', 'percent', 'roles', 'description'] <> '{}' then
      perform private.refuse_admin_config(
        format('the flag "%s" has enabled, value, percent, roles and description, and nothing else', flag.name));
    end if;
    if jsonb_typeof(coalesce(flag.options -> 'percent', '0')) <> 'number'
      or coalesce((flag.options ->> 'percent')::numeric, 0) not between 0 and 100 then
      perform private.refuse_admin_config(format('"percent" of the flag "%s" is a number from 0 to 100', flag.name));
    end if;
    if flag.options ? 'roles' and (jsonb_typeof(flag.options -> 'roles') <> 'array'
      or flag.options -> 'roles' = '[]' or not flag.options -> 'roles' <@ '["anonymous", "user", "admin"]') then
      perform private.refuse_admin_config(
        format('"roles" of the flag "%s" is a list of anonymous, user and admin', flag.name));
    end if;
    if jsonb_typeof(coalesce(flag.options -> 'description', '""')) <> 'string'
      or char_length(flag.options ->> 'description') > 500 then
      perform private.refuse_admin_config(
        format('"description" of the flag "%s" is a text of at most 500 characters', flag.name));
    end if;
    if pg_column_size(flag.options -> 'value') > 8192 then
      perform private.refuse_admin_config(format('"value" of the flag "%s" has more than 8,192 bytes', flag.name));
    end if;
  end loop;
end $$;

-- From which figures on an alert is raised; 0 is never.
create function private.default_alert_settings() returns jsonb
  language sql immutable set search_path = '' return '{
  "connectionsPercent": 80, "slowStatements": 5, "slowStatementSeconds": 30, "databaseBytes": 0,
  "diskFreePercent": 10, "deadJobs": 10, "errorPercent": 5, "quotaPercent": 90}'::jsonb;

create function private.validate_alert_settings(config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  known constant jsonb := '{"connectionsPercent": 100, "slowStatements": 100000, "slowStatementSeconds": 86400,
    "databaseBytes": 1000000000000000, "diskFreePercent": 100, "deadJobs": 1000000, "errorPercent": 100,
    "quotaPercent": 100}';
  setting record;
begin
  for setting in select key as name, value from jsonb_each(config) loop
    if not known ? setting.name then
      perform private.refuse_admin_config(format('alert_settings knows no "%s", but: %s', left(setting.name, 120),
        (select string_agg(k, ', ' order by k) from jsonb_object_keys(known) k)));
    elsif jsonb_typeof(setting.value) <> 'number'
      or (setting.value #>> '{}')::numeric not between 0 and (known ->> setting.name)::numeric then
      perform private.refuse_admin_config(
        format('"%s" is a number from 0 (no alert) to %s', setting.name, known ->> setting.name));
    end if;
  end loop;
  if (config ->> 'slowStatementSeconds')::numeric < 1 then
    perform private.refuse_admin_config('"slowStatementSeconds" is at least 1; "slowStatements": 0 raises no alert');
  end if;
end $$;

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

insert into public.admin_config (config_key, config_data) values
  ('feature_flags', '{}'), ('alert_settings', private.default_alert_settings())
on conflict (config_key) do nothing;

create function private.config(p_key text) returns jsonb
language sql stable security definer set search_path = ''
return (select c.config_data from public.admin_config c where c.config_key = p_key);

-- Whom a flag distinguishes: whoever is not signed in is as anonymous as an anonymous account.
create function private.flag_role() returns text
language sql stable set search_path = ''
return case
  when public.get_user_role() = 'admin' then 'admin'
  when (select auth.uid()) is null
    or coalesce((current_setting('request.jwt.claims', true)::jsonb ->> 'is_anonymous')::boolean, false) then 'anonymous'
  else 'user'
end;

-- The flags as they apply to the caller. A person is in or out of the part that a flag is for by name and id: the same
-- wherever and whenever they ask, and in it for good while the percentage grows. Nobody is part of a part.
create function public.get_feature_flags() returns table (name text, enabled boolean, value jsonb)
language sql stable security definer set search_path = ''
begin atomic
  with caller as (select private.flag_role() as role, (select auth.uid()) as id),
  judged as (
    select f.key as name, f.value as options,
      (f.value ->> 'enabled')::boolean
        and (not f.value ? 'roles' or f.value -> 'roles' ? caller.role)
        and case
          when coalesce((f.value ->> 'percent')::numeric, 100) >= 100 then true
          when caller.id is null then false
          else ('x' || left(md5(f.key || ':' || caller.id), 8))::bit(32)::bigint % 10000
            < (f.value ->> 'percent')::numeric * 100
        end as applies
    from jsonb_each(coalesce(private.config('feature_flags'), '{}')) f, caller
  )
  select j.name, j.applies, case when j.applies then nullif(j.options -> 'value', 'null') end
  from judged j order by j.name;
end;
comment on function public.get_feature_flags() is 'The feature flags as they apply to the caller.';

-- Makes a flag, or changes what is given of one; what is null is taken away.
create function public.set_feature_flag(p_name text, p_changes jsonb) returns void
  language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_admin();
  insert into public.admin_config (config_key, config_data)
  values ('feature_flags', '{}') on conflict (config_key) do nothing;
  update public.admin_config
  set config_data = config_data || jsonb_build_object(p_name, (
    select jsonb_object_agg(o.key, o.value)
    from jsonb_each('{"enabled": false}'::jsonb || coalesce(config_data -> p_name, '{}') || p_changes) o
    where o.value <> 'null'))
  where config_key = 'feature_flags';
end $$;

create function public.delete_feature_flag(p_name text) returns boolean
  language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_admin();
  update public.admin_config set config_data = config_data - p_name
  where config_key = 'feature_flags' and config_data ? p_name;
  return found;
end $$;

-- The settings: those of the application for everybody who is signed in, all others for administrators.
create function public.get_system_settings() returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select jsonb_build_object(
      'activeProvider', app -> 'activeProvider',
      'availableProviders', app -> 'availableProviders',
      'maxProjectsPerUser', private.project_quota())
    || case when private.flag_role() <> 'admin' and current_setting('role') <> 'service_role'
      then '{"logging": null, "alerts": null}'::jsonb
      else jsonb_build_object(
        'alerts', private.default_alert_settings() || coalesce(private.config('alert_settings'), '{}'),
        'logging', jsonb_build_object(
          'errors', logging -> 'error_logging_enabled',
          'userActivity', logging -> 'user_activity_logging_enabled',
          'agentActivity', logging -> 'agent_activity_logging_enabled',
          'sampleRate', coalesce(logging #> '{performance_settings,sample_rate}', '1'),
          'categories', (
            select coalesce(jsonb_agg(replace(replace(t.key, 'log_', ''), '_events', '') order by t.key), '[]')
            from jsonb_each(private.default_logging_config() -> 'category_toggles'
              || coalesce(logging -> 'category_toggles', '{}')) t
            where t.value = 'true'),
          'retentionDays', (
            select jsonb_build_object('errors', d -> 'error_logs', 'userActivity', d -> 'user_activity_logs',
              'agentActivity', d -> 'agent_activity_logs', 'measurements', d -> 'performance_metrics')
            from (select private.default_logging_config() -> 'log_retention_days'
              || coalesce(logging -> 'log_retention_days', '{}') as d) days),
          'privacy', (
            select jsonb_build_object('anonymizeIp', p -> 'anonymize_ip', 'userAgent', p -> 'log_user_agent',
              'requestPath', p -> 'log_request_path', 'messageContent', p -> 'log_message_content',
              'redactEmails', p -> 'redact_emails')
            from (select private.default_logging_config() -> 'privacy_settings'
              || coalesce(logging -> 'privacy_settings', '{}') as p) privacy)))
    end
  from (select private.config('app_settings') as app, public.get_logging_config() as logging) settings;
end;
comment on function public.get_system_settings() is
  'The settings of the application, and for administrators those of logs and alerts.';

-- Changes what is given, and leaves the rest.
create function public.update_system_settings(p_changes jsonb) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  logging constant jsonb := p_changes -> 'logging';
  app constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'activeProvider', p_changes -> 'activeProvider', 'availableProviders', p_changes -> 'availableProviders',
    'maxProjectsPerUser', p_changes -> 'maxProjectsPerUser'));
  known text;
begin
  perform private.require_admin();
  if app <> '{}' then
    update public.admin_config set config_data = config_data || app where config_key = 'app_settings';
  end if;
  if p_changes -> 'alerts' <> 'null' then
    insert into public.admin_config (config_key, config_data) values ('alert_settings', '{}')
    on conflict (config_key) do nothing;
    update public.admin_config set config_data = config_data || jsonb_strip_nulls(p_changes -> 'alerts')
    where config_key = 'alert_settings';
  end if;
  if logging is null or logging = 'null' then
    return;
  end if;
  for known in select value from jsonb_array_elements_text(coalesce(nullif(logging -> 'categories', 'null'), '[]')) loop
    if not private.default_logging_config() -> 'category_toggles' ? ('log_' || known || '_events') then
      raise exception 'There is no category "%" of logs, but: %', left(known, 100),
        (select string_agg(replace(replace(k, 'log_', ''), '_events', ''), ', ' order by k)
         from jsonb_object_keys(private.default_logging_config() -> 'category_toggles') k) using errcode = 'P0001';
    end if;
  end loop;
  update public.admin_config set config_data = config_data
    || jsonb_strip_nulls(jsonb_build_object(
      'error_logging_enabled', logging -> 'errors', 'user_activity_logging_enabled', logging -> 'userActivity',
      'agent_activity_logging_enabled', logging -> 'agentActivity'))
    || jsonb_build_object(
      'performance_settings', coalesce(config_data -> 'performance_settings', '{}')
        || jsonb_strip_nulls(jsonb_build_object('sample_rate', logging -> 'sampleRate')),
      'log_retention_days', coalesce(config_data -> 'log_retention_days', '{}')
        || jsonb_strip_nulls(jsonb_build_object(
          'error_logs', logging #> '{retentionDays,errors}', 'user_activity_logs', logging #> '{retentionDays,userActivity}',
          'agent_activity_logs', logging #> '{retentionDays,agentActivity}',
          'performance_metrics', logging #> '{retentionDays,measurements}')),
      'privacy_settings', coalesce(config_data -> 'privacy_settings', '{}')
        || jsonb_strip_nulls(jsonb_build_object(
          'anonymize_ip', logging #> '{privacy,anonymizeIp}', 'log_user_agent', logging #> '{privacy,userAgent}',
          'log_request_path', logging #> '{privacy,requestPath}',
          'log_message_content', logging #> '{privacy,messageContent}',
          'redact_emails', logging #> '{privacy,redactEmails}')),
      'category_toggles', case
        when coalesce(logging -> 'categories', 'null') = 'null' then coalesce(config_data -> 'category_toggles', '{}')
        else (
          select jsonb_object_agg(t.key, logging -> 'categories' ? replace(replace(t.key, 'log_', ''), '_events', ''))
          from jsonb_each(private.default_logging_config() -> 'category_toggles') t)
      end)
  where config_key = 'logging_settings';
end $$;

revoke execute on function
  private.validate_feature_flags(jsonb), private.default_alert_settings(), private.validate_alert_settings(jsonb),
  private.config(text), private.flag_role(), public.get_feature_flags(), public.set_feature_flag(text, jsonb),
  public.delete_feature_flag(text), public.get_system_settings(), public.update_system_settings(jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.get_feature_flags() to anon, authenticated, service_role;
grant execute on function public.get_system_settings(), public.set_feature_flag(text, jsonb),
  public.delete_feature_flag(text), public.update_system_settings(jsonb) to authenticated, service_role;
