do $$
declare
  logged record;
begin
  for logged in select t.tgrelid::regclass as name, t.tgname from pg_catalog.pg_trigger t
    where t.tgname like 'zy_record_activity_on_%' loop
    execute format('drop trigger %I on %s', logged.tgname, logged.name);
  end loop;
end $$;
drop function private.log_activity_of(text, text, text, text, text), private.record_activity();

create or replace function private.is_category_logged(category text) returns boolean
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

update public.admin_config
set config_data = config_data || jsonb_build_object(
  'category_toggles', (config_data -> 'category_toggles') - array['log_note_events', 'log_project_events',
    'log_prompt_events', 'log_profile_events', 'log_feedback_events'],
  'log_retention_days', (config_data -> 'log_retention_days') - 'performance_metrics')
where config_key = 'logging_settings';

create or replace function private.default_logging_config() returns jsonb
  language sql immutable set search_path = '' return '{
  "error_logging_enabled": true,
  "user_activity_logging_enabled": false,
  "agent_activity_logging_enabled": false,
  "log_retention_days": {"error_logs": 90, "user_activity_logs": 30, "agent_activity_logs": 7},
  "category_toggles": {
    "log_auth_events": true, "log_chat_events": true, "log_document_events": true,
    "log_artifact_events": true, "log_suggestion_events": true, "log_vote_events": true,
    "log_file_events": true, "log_admin_events": true, "log_agent_events": true},
  "performance_settings": {"sample_rate": 1.0},
  "privacy_settings": {
    "anonymize_ip": false, "log_user_agent": true, "log_request_path": true,
    "log_message_content": false, "redact_emails": true}}'::jsonb;

create or replace function private.validate_logging_settings(config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  name text;
  performance jsonb := config -> 'performance_settings';
begin
  foreach name in array array[
    'error_logging_enabled', 'user_activity_logging_enabled', 'agent_activity_logging_enabled'] loop
    if jsonb_typeof(config -> name) is distinct from 'boolean' then
      perform private.refuse_admin_config(format('logging_settings needs "%s": true or false', name));
    end if;
  end loop;
  foreach name in array array['error_logs', 'user_activity_logs', 'agent_activity_logs'] loop
    if jsonb_typeof(config -> 'log_retention_days' -> name) is distinct from 'number'
      or (config -> 'log_retention_days' ->> name)::numeric not between 1 and 3650
      or (config -> 'log_retention_days' ->> name)::numeric % 1 <> 0 then
      perform private.refuse_admin_config(
        format('"log_retention_days" needs "%s", a whole number of days from 1 to 3650', name));
    end if;
  end loop;
  perform private.validate_switches(config, 'category_toggles', array[
    'log_auth_events', 'log_chat_events', 'log_document_events', 'log_artifact_events', 'log_suggestion_events',
    'log_vote_events', 'log_file_events', 'log_admin_events', 'log_agent_events']);
  perform private.validate_switches(config, 'privacy_settings', array[
    'anonymize_ip', 'log_user_agent', 'log_request_path', 'log_message_content', 'redact_emails']);
  if performance is not null and (jsonb_typeof(performance) <> 'object'
    or performance - 'sample_rate' <> '{}'
    or jsonb_typeof(coalesce(performance -> 'sample_rate', '1')) <> 'number'
    or coalesce((performance ->> 'sample_rate')::numeric, 1) not between 0 and 1) then
    perform private.refuse_admin_config(
      '"performance_settings" has a "sample_rate" from 0 to 1 and nothing else: logs are written at once');
  end if;
end $$;
