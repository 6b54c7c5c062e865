-- AI providers, the keys that users keep for them, and what was called with which cost.

create table public.api_providers (
  id uuid primary key default uuidv7(),
  name text not null,
  display_name text not null,
  base_url text not null,
  api_key_pattern text,
  is_enabled boolean not null default true,
  max_requests_per_minute integer not null default 60,
  max_requests_per_day integer not null default 1000,
  supported_models jsonb not null default '[]',
  validation_rules jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint api_providers_name_key unique (name),
  constraint api_providers_name_format check (name ~ '^[a-z][a-z0-9_-]{0,49}$'),
  constraint api_providers_display_name_length check (char_length(display_name) between 1 and 100),
  constraint api_providers_base_url_format check (base_url ~ '^https?://'),
  constraint api_providers_max_requests_per_minute_positive check (max_requests_per_minute > 0),
  constraint api_providers_max_requests_per_day_positive check (max_requests_per_day > 0),
  constraint api_providers_supported_models_array check (jsonb_typeof(supported_models) = 'array'),
  constraint api_providers_validation_rules_object check (jsonb_typeof(validation_rules) = 'object')
);
create index idx_api_providers_is_enabled on public.api_providers (is_enabled);

-- The key is encrypted by the server with a key derived for this row from the master key that
-- encryption_key_id names. No API role may select it, or write it past the server.
create table public.api_configurations (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  provider text not null references public.api_providers (name) on update cascade on delete restrict,
  api_key_encrypted text not null,
  encryption_key_id text not null,
  api_key_hint text,
  is_active boolean not null default true,
  is_validated boolean not null default false,
  last_validated_at timestamptz,
  validation_error text,
  usage_count integer not null default 0,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint api_configurations_user_id_provider_key unique (user_id, provider),
  constraint api_configurations_api_key_hint_length check (char_length(api_key_hint) <= 4),
  constraint api_configurations_usage_count_not_negative check (usage_count >= 0)
);
create index idx_api_configurations_user_id on public.api_configurations (user_id);
create index idx_api_configurations_provider on public.api_configurations (provider);
create index idx_api_configurations_user_active on public.api_configurations (user_id, is_active);

create table public.api_usage_logs (
  id uuid primary key default uuidv7(),
  user_id uuid not null references auth.users (id) on delete cascade,
  provider text not null,
  model text,
  endpoint text,
  request_size integer,
  response_size integer,
  response_time_ms integer,
  status_code integer,
  error_message text,
  input_tokens integer,
  output_tokens integer,
  cost numeric not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint api_usage_logs_provider_length check (char_length(provider) between 1 and 50),
  constraint api_usage_logs_model_length check (char_length(model) <= 100),
  constraint api_usage_logs_sizes_not_negative check (request_size >= 0 and response_size >= 0),
  constraint api_usage_logs_response_time_ms_not_negative check (response_time_ms >= 0),
  constraint api_usage_logs_status_code_range check (status_code between 100 and 599),
  constraint api_usage_logs_tokens_not_negative check (input_tokens >= 0 and output_tokens >= 0),
  constraint api_usage_logs_cost_not_negative check (cost >= 0)
);
create index idx_api_usage_logs_user_id on public.api_usage_logs (user_id);
create index idx_api_usage_logs_created_at on public.api_usage_logs (created_at);
create index idx_api_usage_logs_user_created on public.api_usage_logs (user_id, created_at desc);
create index idx_api_usage_logs_provider on public.api_usage_logs (provider, created_at desc);

create trigger set_updated_at before update on public.api_providers
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.api_configurations
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.api_usage_logs
  for each row execute function private.set_updated_at();

-- Counts calls on the configuration whose key they used.
create function private.count_api_usage() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.api_configurations c
  set usage_count = c.usage_count + d.calls, last_used_at = greatest(c.last_used_at, d.last_call)
  from (select user_id, provider, count(*)::int as calls, max(created_at) as last_call
     from new_rows group by user_id, provider) d
  where c.user_id = d.user_id and c.provider = d.provider;
  return null;
end $$;
create trigger api_usage_logs_count after insert on public.api_usage_logs
  referencing new table as new_rows
  for each statement execute function private.count_api_usage();

alter table public.api_providers enable row level security;
alter table public.api_configurations enable row level security;
alter table public.api_usage_logs enable row level security;

create policy "Authenticated users can view api providers" on public.api_providers
  for select to authenticated using ((select auth.uid()) is not null);
create policy "Admins can insert api providers" on public.api_providers
  for insert to authenticated with check ((select public.get_user_role()) = 'admin');
create policy "Admins can update api providers" on public.api_providers
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Admins can delete api providers" on public.api_providers
  for delete to authenticated using ((select public.get_user_role()) = 'admin');

create policy "Users can view own api configurations" on public.api_configurations
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can update own api configurations" on public.api_configurations
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own api configurations" on public.api_configurations
  for delete to authenticated using (user_id = (select auth.uid()));

create policy "Users can view own api usage" on public.api_usage_logs
  for select to authenticated using (user_id = (select auth.uid()));

revoke all on public.api_providers, public.api_configurations, public.api_usage_logs
  from public, anon, authenticated, service_role;
grant select, delete on public.api_providers to authenticated;
grant insert (id, name, display_name, base_url, api_key_pattern, is_enabled, max_requests_per_minute,
    max_requests_per_day, supported_models, validation_rules),
  update (name, display_name, base_url, api_key_pattern, is_enabled, max_requests_per_minute,
    max_requests_per_day, supported_models, validation_rules)
  on public.api_providers to authenticated;
grant select (id, user_id, provider, api_key_hint, is_active, is_validated, last_validated_at,
    validation_error, usage_count, last_used_at, created_at, updated_at)
  on public.api_configurations to authenticated;
grant update (is_active), delete on public.api_configurations to authenticated;
grant select on public.api_usage_logs to authenticated;
grant select, insert, update, delete on public.api_providers, public.api_usage_logs to service_role;
grant select (id, user_id, provider, api_key_hint, is_active, is_validated, last_validated_at,
    validation_error, usage_count, last_used_at, created_at, updated_at),
  update (is_active, is_validated, last_validated_at, validation_error, usage_count, last_used_at),
  delete on public.api_configurations to service_role;
revoke execute on function private.count_api_usage() from public;
