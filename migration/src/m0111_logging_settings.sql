-- Every setting in logging_settings does something, and what does nothing is none.
--
--   redact_emails         addresses in messages and metadata of logs become [email]
--   log_message_content   off: what people wrote (see private.without_message_content) is left out of metadata
--   error_logging_enabled off: errors are not written
--   sample_rate           which part of the activities of people and agents is written; every error is
--
-- batch_writes, batch_size, flush_interval_ms and max_queue_size belonged to a program that kept logs in its
-- memory for a while. Here a log is written in the transaction of what it is about: they are gone.

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

update public.admin_config
set config_data = jsonb_set(config_data, '{performance_settings}',
  (config_data -> 'performance_settings') - array['batch_writes', 'batch_size', 'flush_interval_ms', 'max_queue_size'])
where config_key = 'logging_settings' and jsonb_typeof(config_data -> 'performance_settings') = 'object';

-- Settings that are switches: known ones, true or false.
create function private.validate_switches(config jsonb, group_name text, known text[]) returns void
  language plpgsql set search_path = '' as $$
declare
  entry record;
begin
  if config -> group_name is null then
    return;
  end if;
  if jsonb_typeof(config -> group_name) <> 'object' then
    perform private.refuse_admin_config(format('"%s" is an object', group_name));
  end if;
  for entry in select key, value from jsonb_each(config -> group_name) loop
    if not entry.key = any (known) then
      perform private.refuse_admin_config(format('"%s" knows no "%s", but: %s', group_name, entry.key,
        array_to_string(known, ', ')));
    elsif jsonb_typeof(entry.value) <> 'boolean' then
      perform private.refuse_admin_config(format('"%s" of "%s" is true or false', entry.key, group_name));
    end if;
  end loop;
end $$;

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

create function private.logged_text(value text) returns text
language sql stable security definer set search_path = ''
return case
  when coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'redact_emails')::boolean, true)
    then regexp_replace(
      value, '[[:alnum:]._%+-]{1,64}@[[:alnum:]-]{1,63}(\.[[:alnum:]-]{1,63})+', '[email]', 'g')
  else value
end;

-- What people wrote, and what models answered, by the names that programs give it, however deep. The message
-- of an error is not one of them.
create function private.without_message_content(value jsonb, of_error boolean) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  return case jsonb_typeof(value)
    when 'object' then (
      select coalesce(jsonb_object_agg(e.key, private.without_message_content(e.value, of_error)), '{}')
      from jsonb_each(value) e
      where lower(replace(e.key, '_', '')) <> all (array[
          'content', 'messagecontent', 'messages', 'text', 'body', 'parts', 'prompt', 'systemprompt',
          'userinput', 'response', 'airesponse', 'completion'])
        and (of_error or lower(e.key) <> 'message'))
    when 'array' then (
      select coalesce(jsonb_agg(private.without_message_content(e.value, of_error) order by e.place), '[]')
      from jsonb_array_elements(value) with ordinality e (value, place))
    else value
  end;
end $$;

create function private.logged_metadata(value jsonb, of_error boolean default false) returns jsonb
language sql stable security definer set search_path = ''
return private.logged_text((case
  when coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'log_message_content')::boolean, false)
    then value
  else private.without_message_content(value, of_error)
end)::text)::jsonb;

create function private.is_sampled() returns boolean
language sql volatile security definer set search_path = ''
return random() < coalesce((public.get_logging_config() -> 'performance_settings' ->> 'sample_rate')::float8, 1);

create or replace function private.honour_activity_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not private.is_category_logged(new.activity_category) or not private.is_sampled() then
    return null;
  end if;
  new.activity_metadata := private.logged_metadata(new.activity_metadata);
  new.error_message := private.logged_text(new.error_message);
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
  if not private.is_category_logged('agent') or not private.is_sampled() then
    return null;
  end if;
  new.operation_metadata := private.logged_metadata(new.operation_metadata);
  new.error_message := private.logged_text(new.error_message);
  return new;
end $$;

create or replace function private.honour_error_settings() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not coalesce((public.get_logging_config() ->> 'error_logging_enabled')::boolean, true) then
    return null;
  end if;
  new.error_details := private.logged_metadata(new.error_details, true);
  new.error_message := private.logged_text(new.error_message);
  new.ip_address := private.logged_address(new.ip_address);
  new.user_agent := private.logged_user_agent(new.user_agent);
  if not coalesce((public.get_logging_config() -> 'privacy_settings' ->> 'log_request_path')::boolean, true) then
    new.request_path := null;
  end if;
  return new;
end $$;

revoke execute on function
  private.validate_switches(jsonb, text, text[]), private.logged_text(text),
  private.without_message_content(jsonb, boolean), private.logged_metadata(jsonb, boolean), private.is_sampled()
  from public, anon, authenticated, service_role;
