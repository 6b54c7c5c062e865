-- What administrators configure: the agents (prompts, tools, rate limits) and the models with prices.

create type public.model_provider as enum ('google', 'openai', 'anthropic');
create type public.agent_type as enum (
  'chat_model_agent', 'provider_tools_agent', 'document_agent', 'python_agent', 'mermaid_agent',
  'git_mcp_agent');

-- For the first line of an administrators' function: requests must come from an admin, while
-- service_role and the owner's own connection may always go on. The role setting tells them apart
-- inside a security definer function too, and authenticator cannot set it to anything else.
create function private.require_admin() returns void
  language plpgsql stable set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') and not public.is_current_user_admin() then
    raise exception 'only an admin may do this' using errcode = 'insufficient_privilege';
  end if;
end $$;

create table public.admin_config (
  id uuid primary key default uuidv7(),
  config_key text not null,
  config_data jsonb not null,
  updated_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint admin_config_config_key_key unique (config_key),
  constraint admin_config_config_key_format check (
    config_key in ('app_settings', 'logging_settings')
    or config_key ~ '^(chat_model|provider_tools|document|python|mermaid|git_mcp)_agent_(google|openai|anthropic)$')
);
create index idx_admin_config_key on public.admin_config (config_key text_pattern_ops);
create index idx_admin_config_updated on public.admin_config (updated_at desc);
create index idx_admin_config_updated_by on public.admin_config (updated_by);

create table public.model_config (
  id uuid primary key default uuidv7(),
  model_id text not null,
  name text not null,
  description text,
  provider public.model_provider not null,
  is_active boolean not null default true,
  is_default boolean not null default false,
  thinking_enabled boolean not null default true,
  input_pricing_per_million_tokens numeric not null,
  output_pricing_per_million_tokens numeric not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint model_config_model_id_key unique (model_id),
  constraint model_config_model_id_length check (char_length(model_id) between 1 and 100),
  constraint model_config_name_length check (char_length(name) between 1 and 200),
  constraint model_config_input_pricing_not_negative check (input_pricing_per_million_tokens >= 0),
  constraint model_config_output_pricing_not_negative check (output_pricing_per_million_tokens >= 0),
  constraint model_config_metadata_object check (jsonb_typeof(metadata) = 'object'),
  constraint model_config_default_is_active check (is_active or not is_default),
  -- Deferred, since the trigger clears the old default after the new one is written.
  constraint idx_model_config_provider_default
    exclude using btree (provider with =) where (is_default) deferrable initially deferred
);
create index idx_model_config_model_id on public.model_config (model_id text_pattern_ops);
create index idx_model_config_provider on public.model_config (provider);
create index idx_model_config_provider_active on public.model_config (provider, is_active);
create index idx_model_config_active on public.model_config (is_active);

-- Refuses a configuration that the agents could not run with. The message says what is missing.
create function private.refuse_admin_config(problem text) returns void
  language plpgsql set search_path = '' as $$
begin
  raise exception 'config_data: %', problem
    using errcode = 'check_violation', schema = 'public', table = 'admin_config',
       column = 'config_data', constraint = 'admin_config_config_data_valid';
end $$;

create function private.validate_agent_config(agent text, config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  period text;
begin
  if jsonb_typeof(config -> 'enabled') is distinct from 'boolean' then
    perform private.refuse_admin_config('an agent needs "enabled": true or false');
  end if;
  if jsonb_typeof(config -> 'rateLimit') is distinct from 'object' then
    perform private.refuse_admin_config('an agent needs "rateLimit" with perMinute, perHour and perDay');
  end if;
  foreach period in array array['perMinute', 'perHour', 'perDay'] loop
    if jsonb_typeof(config -> 'rateLimit' -> period) is distinct from 'number'
      or (config -> 'rateLimit' ->> period)::numeric < 1
      or (config -> 'rateLimit' ->> period)::numeric % 1 <> 0 then
      perform private.refuse_admin_config(
        format('"rateLimit" needs "%s", a whole number of at least 1', period));
    end if;
  end loop;
  if jsonb_typeof(config -> 'tools') is distinct from 'object' or config -> 'tools' = '{}' then
    perform private.refuse_admin_config('this agent needs "tools", an object with at least one tool');
  end if;
  if agent in ('chat_model_agent', 'provider_tools_agent')
    and coalesce(btrim(config ->> 'systemPrompt'), '') = '' then
    perform private.refuse_admin_config('this agent needs a "systemPrompt"');
  end if;
  if agent = 'chat_model_agent' and jsonb_typeof(config -> 'capabilities') is distinct from 'object' then
    perform private.refuse_admin_config('the chat agent needs "capabilities", an object');
  end if;
end $$;

create function private.validate_logging_settings(config jsonb) returns void
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

create function public.validate_admin_config_data() returns trigger
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
  elsif new.config_key = 'logging_settings' then
    perform private.validate_logging_settings(new.config_data);
  else
    perform private.validate_agent_config(
      regexp_replace(new.config_key, '_(google|openai|anthropic)$', ''), new.config_data);
  end if;
  return new;
end $$;
create trigger trigger_validate_admin_config before insert or update on public.admin_config
  for each row execute function public.validate_admin_config_data();

-- Who changed a configuration last is recorded, not claimed.
create function private.set_admin_config_updated_by() returns trigger
  language plpgsql set search_path = '' as $$
begin
  -- A deleted administrator is cleared by the foreign key: that is no change of theirs.
  if tg_op = 'INSERT' or new.config_data is distinct from old.config_data then
    new.updated_by := coalesce(auth.uid(), new.updated_by);
  end if;
  return new;
end $$;
create trigger admin_config_updated_by before insert or update on public.admin_config
  for each row execute function private.set_admin_config_updated_by();

create trigger trigger_admin_config_updated_at before update on public.admin_config
  for each row execute function private.set_updated_at();
create trigger trigger_model_config_updated_at before update on public.model_config
  for each row execute function private.set_updated_at();

-- Each provider has one default model: making another one the default replaces it, and the default
-- cannot be taken away as long as the provider has other models to choose from. After the row and
-- not before it, since `insert … on conflict do nothing` fires before triggers even for rows that
-- it then leaves out.
create function public.ensure_single_default_model_per_provider() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  if tg_op <> 'DELETE' and new.is_default then
    -- Of several defaults in one statement the first stays: the row itself is asked, not `new`.
    update public.model_config m set is_default = false
    where m.provider = new.provider and m.is_default and m.id <> new.id
     and exists (select from public.model_config self where self.id = new.id and self.is_default);
  end if;
  if tg_op <> 'INSERT' and old.is_default
    and exists (select from public.model_config m where m.provider = old.provider)
    and not exists (select from public.model_config m where m.provider = old.provider and m.is_default) then
    raise exception '% is the default model of %: make another model the default first',
        old.model_id, old.provider
      using errcode = 'check_violation', schema = 'public', table = 'model_config',
         column = 'is_default', constraint = 'model_config_default_per_provider';
  end if;
  return null;
end $$;
create trigger trigger_ensure_single_default_model after insert or update or delete on public.model_config
  for each row execute function public.ensure_single_default_model_per_provider();

create function private.default_logging_config() returns jsonb
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

create function public.get_logging_config() returns jsonb
  language sql stable security definer set search_path = ''
  return coalesce(
    (select c.config_data from public.admin_config c where c.config_key = 'logging_settings'),
    private.default_logging_config());
create function public.is_user_activity_logging_enabled() returns boolean
  language sql stable security definer set search_path = ''
  return (public.get_logging_config() ->> 'user_activity_logging_enabled')::boolean;
create function public.is_agent_activity_logging_enabled() returns boolean
  language sql stable security definer set search_path = ''
  return (public.get_logging_config() ->> 'agent_activity_logging_enabled')::boolean;

alter table public.admin_config enable row level security;
alter table public.model_config enable row level security;

create policy "Admins can read admin_config" on public.admin_config
  for select to authenticated using ((select public.get_user_role()) = 'admin');
create policy "Admins can update admin_config (insert)" on public.admin_config
  for insert to authenticated with check ((select public.get_user_role()) = 'admin');
create policy "Admins can update admin_config (update)" on public.admin_config
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Admins can update admin_config (delete)" on public.admin_config
  for delete to authenticated using ((select public.get_user_role()) = 'admin');

create policy "Authenticated users can read model_config" on public.model_config
  for select to authenticated using ((select auth.uid()) is not null);
create policy "Admins can manage model_config (insert)" on public.model_config
  for insert to authenticated with check ((select public.get_user_role()) = 'admin');
create policy "Admins can manage model_config (update)" on public.model_config
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Admins can manage model_config (delete)" on public.model_config
  for delete to authenticated using ((select public.get_user_role()) = 'admin');

revoke all on public.admin_config, public.model_config from public, anon, authenticated, service_role;
grant select, delete on public.admin_config, public.model_config to authenticated;
grant insert (id, config_key, config_data) on public.admin_config to authenticated;
grant update (config_key, config_data) on public.admin_config to authenticated;
grant insert (id, model_id, name, description, provider, is_active, is_default, thinking_enabled,
  input_pricing_per_million_tokens, output_pricing_per_million_tokens, metadata)
  on public.model_config to authenticated;
grant update (model_id, name, description, provider, is_active, is_default, thinking_enabled,
  input_pricing_per_million_tokens, output_pricing_per_million_tokens, metadata)
  on public.model_config to authenticated;
grant select, insert, update, delete on public.admin_config, public.model_config to service_role;

revoke execute on function
  private.require_admin(), private.refuse_admin_config(text),
  private.validate_agent_config(text, jsonb), private.validate_logging_settings(jsonb),
  private.set_admin_config_updated_by(), private.default_logging_config(),
  public.validate_admin_config_data(), public.ensure_single_default_model_per_provider(),
  public.get_logging_config(), public.is_user_activity_logging_enabled(),
  public.is_agent_activity_logging_enabled() from public, anon, authenticated, service_role;
grant execute on function public.get_logging_config(), public.is_user_activity_logging_enabled(),
  public.is_agent_activity_logging_enabled() to authenticated, service_role;
