-- What people do is logged in the transaction in which they do it, so that the log has all that happened and nothing that
-- did not. The server asks for it in the claim mindloom_activity of a mutation, while activities are logged at all; else
-- the triggers do not fire, and nobody pays for them. Which table is activity of which category stands here alone.
--
-- One entry is one statement: how many rows it was about is in the metadata where it was not one. What a statement
-- causes by triggers and foreign keys is no activity of its own.

-- Arguments of the trigger: the category, what a row is called, the column that names a row, and the type of an insert
-- where it is not `<resource>_create`.
create function private.record_activity() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  claims constant jsonb := current_setting('request.jwt.claims', true)::jsonb;
  asked constant jsonb := claims -> 'mindloom_activity';
  category constant text := tg_argv[0];
  resource constant text := tg_argv[1];
  act text := case tg_op when 'INSERT' then 'create' when 'UPDATE' then 'update' else 'delete' end;
  touched bigint;
  one uuid;
  binned bigint;
  was_binned bigint;
begin
  if asked is null or claims ->> 'sub' is null then
    return null;
  end if;
  execute format('select count(*), min(c.%I::text)::uuid from changed c', tg_argv[2]) into touched, one;
  if touched = 0 then
    return null;
  end if;
  -- Tables with a bin: what is put there is deleted, what is taken from there is restored.
  if tg_op = 'UPDATE' and tg_table_name in ('notes', 'projects') then
    execute 'select (select count(c.deleted_at) from changed c), (select count(b.deleted_at) from before b)'
    into binned, was_binned;
    act := case when was_binned = 0 and binned = touched then 'delete'
      when was_binned = touched and binned = 0 then 'restore' else act end;
  end if;
  insert into public.user_activity_logs
    (user_id, correlation_id, activity_type, activity_category, activity_metadata, resource_id, resource_type,
     ip_address, user_agent, request_path, request_method, session_id)
  select u.id, (asked ->> 'id')::uuid,
    case when tg_op = 'INSERT' and tg_nargs > 3 then tg_argv[3] else resource || '_' || act end,
    category,
    case when touched = 1 then '{}'::jsonb else jsonb_build_object('count', touched) end,
    case when touched = 1 then one end, resource,
    (asked ->> 'ip')::inet, asked ->> 'userAgent', left(asked ->> 'path', 500), asked ->> 'method',
    left(claims ->> 'session_id', 100)
  from auth.users u where u.id = (claims ->> 'sub')::uuid;
  return null;
end $$;

-- Makes what people write to a table activity of theirs.
create function private.log_activity_of(
  p_table text, p_category text, p_resource text, p_key text default 'id', p_insert text default null) returns void
  language plpgsql set search_path = '' as $$
declare
  condition constant text :=
    'when (pg_catalog.pg_trigger_depth() = 0
       and current_setting(''request.jwt.claims'', true) like ''%"mindloom_activity":{%'')';
  arguments constant text := concat_ws(', ', quote_literal(p_category), quote_literal(p_resource), quote_literal(p_key),
    quote_literal(p_insert));
begin
  execute format(
    'create trigger zy_record_activity_on_insert after insert on %s referencing new table as changed
       for each statement %s execute function private.record_activity(%s)', p_table, condition, arguments);
  execute format(
    'create trigger zy_record_activity_on_update after update on %s
       referencing old table as before new table as changed
       for each statement %s execute function private.record_activity(%s)', p_table, condition, arguments);
  execute format(
    'create trigger zy_record_activity_on_delete after delete on %s referencing old table as changed
       for each statement %s execute function private.record_activity(%s)', p_table, condition, arguments);
end $$;

do $$
declare
  logged record;
begin
  for logged in select * from (values
    ('admin_config', 'admin', 'admin_config', 'id', null),
    ('api_configurations', 'profile', 'api_configuration', 'id', null),
    ('api_providers', 'admin', 'admin_provider', 'id', null),
    ('artifacts', 'artifact', 'artifact', 'id', null),
    ('audio_recordings', 'file', 'recording', 'id', 'file_upload'),
    ('chats', 'chat', 'chat', 'id', null),
    ('clusters', 'note', 'cluster', 'id', null),
    ('collaborators', 'project', 'collaborator', 'id', null),
    ('document_comments', 'document', 'document_comment', 'id', null),
    ('documents', 'document', 'document', 'id', null),
    ('feedback', 'feedback', 'feedback', 'id', null),
    ('feedback_categories', 'admin', 'admin_feedback_category', 'id', null),
    ('feedback_tag_links', 'feedback', 'feedback_tag', 'feedback_id', null),
    ('feedback_tags', 'admin', 'admin_feedback_tag', 'id', null),
    ('github_repositories', 'profile', 'github_repository', 'id', null),
    ('insights', 'note', 'insight', 'id', null),
    ('messages', 'chat', 'chat_message', 'id', 'chat_message_send'),
    ('model_config', 'admin', 'admin_model', 'id', null),
    ('notes', 'note', 'note', 'id', null),
    ('project_components', 'project', 'project_component', 'id', null),
    ('project_invitations', 'project', 'project_invitation', 'id', null),
    ('projects', 'project', 'project', 'id', null),
    ('prompt_frameworks', 'admin', 'admin_prompt_framework', 'id', null),
    ('prompt_generations', 'prompt', 'prompt_generation', 'id', null),
    ('prompt_history', 'prompt', 'prompt', 'id', null),
    ('prompt_templates', 'prompt', 'prompt_template', 'id', null),
    ('stack_notes', 'note', 'stack_note', 'note_id', null),
    ('stacks', 'note', 'stack', 'id', null),
    ('suggestions', 'suggestion', 'suggestion', 'id', null),
    ('user_preferences', 'profile', 'preferences', 'user_id', null),
    ('users', 'profile', 'profile', 'id', null),
    ('vault_notes', 'note', 'vault_note', 'id', null),
    ('votes', 'vote', 'vote', 'message_id', 'vote_message')
  ) listed (name, category, resource, key, inserted) loop
    perform private.log_activity_of(
      format('public.%I', logged.name), logged.category, logged.resource, logged.key, logged.inserted);
  end loop;
  -- On a database of Supabase files are Supabase's, which no trigger of ours touches.
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'storage') then
    perform private.log_activity_of('storage.objects', 'file', 'file', 'id', 'file_upload');
  end if;
end $$;

-- Each category has its switch.
create or replace function private.is_category_logged(category text) returns boolean
language sql stable security definer set search_path = ''
return coalesce(
  (public.get_logging_config() -> 'category_toggles' ->> case category
    when 'authentication' then 'log_auth_events'
    else 'log_' || category || '_events'
  end)::boolean,
  true);

create or replace function private.default_logging_config() returns jsonb
  language sql immutable set search_path = '' return '{
  "error_logging_enabled": true,
  "user_activity_logging_enabled": false,
  "agent_activity_logging_enabled": false,
  "log_retention_days": {
    "error_logs": 90, "user_activity_logs": 30, "agent_activity_logs": 7, "performance_metrics": 30},
  "category_toggles": {
    "log_auth_events": true, "log_chat_events": true, "log_document_events": true,
    "log_artifact_events": true, "log_suggestion_events": true, "log_vote_events": true,
    "log_file_events": true, "log_admin_events": true, "log_agent_events": true,
    "log_note_events": true, "log_project_events": true, "log_prompt_events": true,
    "log_profile_events": true, "log_feedback_events": true},
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
  foreach name in array array['error_logs', 'user_activity_logs', 'agent_activity_logs', 'performance_metrics'] loop
    -- Settings from before there were measurements keep those for as long as they are kept unless set.
    if (name <> 'performance_metrics' or config -> 'log_retention_days' ? name)
      and (jsonb_typeof(config -> 'log_retention_days' -> name) is distinct from 'number'
        or (config -> 'log_retention_days' ->> name)::numeric not between 1 and 3650
        or (config -> 'log_retention_days' ->> name)::numeric % 1 <> 0) then
      perform private.refuse_admin_config(
        format('"log_retention_days" needs "%s", a whole number of days from 1 to 3650', name));
    end if;
  end loop;
  perform private.validate_switches(config, 'category_toggles', array[
    'log_auth_events', 'log_chat_events', 'log_document_events', 'log_artifact_events', 'log_suggestion_events',
    'log_vote_events', 'log_file_events', 'log_admin_events', 'log_agent_events', 'log_note_events',
    'log_project_events', 'log_prompt_events', 'log_profile_events', 'log_feedback_events']);
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

-- Whoever wrote logging settings without a part of them gets that part's default.
update public.admin_config
set config_data = config_data || jsonb_build_object(
  'category_toggles', private.default_logging_config() -> 'category_toggles'
    || coalesce(config_data -> 'category_toggles', '{}'),
  'log_retention_days', private.default_logging_config() -> 'log_retention_days'
    || coalesce(config_data -> 'log_retention_days', '{}'))
where config_key = 'logging_settings';

revoke execute on function private.record_activity(), private.log_activity_of(text, text, text, text, text)
  from public, anon, authenticated, service_role;
