drop trigger reread_schedule on public.job_schedules;
create or replace function private.reread_schedule() returns trigger
language plpgsql set search_path = '' as $$
begin
  if (new.cron, new.time_zone) is distinct from (old.cron, old.time_zone)
    and new.changed_at is not distinct from old.changed_at then
    new.next_run_at := null;
    new.error := null;
  end if;
  return new;
end $$;
create trigger reread_schedule before update of cron, time_zone on public.job_schedules
  for each row execute function private.reread_schedule();
create or replace function public.update_system_settings(p_changes jsonb) returns void
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

create or replace function public.get_system_settings() returns jsonb
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

drop function private.log_category(text);
