create or replace function private.honour_activity_settings() returns trigger
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

create or replace function private.honour_agent_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  return case when private.is_category_logged('agent') then new end;
end $$;

create or replace function private.honour_error_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.ip_address := private.logged_address(new.ip_address);
  new.user_agent := private.logged_user_agent(new.user_agent);
  if not coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'log_request_path')::boolean, true) then
    new.request_path := null;
  end if;
  return new;
end $$;

drop function private.logged_metadata(jsonb, boolean), private.logged_text(text),
  private.without_message_content(jsonb, boolean),
  private.is_sampled();

create or replace function private.validate_logging_settings(config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  name text;
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
end $$;

drop function private.validate_switches(jsonb, text, text[]);

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
  "performance_settings": {
    "batch_writes": true, "batch_size": 100, "flush_interval_ms": 5000,
    "max_queue_size": 10000, "sample_rate": 1.0},
  "privacy_settings": {
    "anonymize_ip": false, "log_user_agent": true, "log_request_path": true,
    "log_message_content": false, "redact_emails": true}}'::jsonb;

update public.admin_config
set config_data = jsonb_set(config_data, '{performance_settings}',
  (private.default_logging_config() -> 'performance_settings') || (config_data -> 'performance_settings'))
where config_key = 'logging_settings' and jsonb_typeof(config_data -> 'performance_settings') = 'object';
