-- Prompt frameworks, the templates made with them, and what users generated.

create type public.prompt_status as enum ('pending', 'completed', 'failed');

create table public.prompt_frameworks (
  id uuid primary key default uuidv7(),
  name text not null,
  display_name text not null,
  description text not null,
  components jsonb not null,
  template text not null,
  examples jsonb,
  is_enabled boolean not null default true,
  sort_order integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint prompt_frameworks_name_key unique (name),
  constraint prompt_frameworks_name_format check (name ~ '^[a-z][a-z0-9_-]{0,49}$'),
  constraint prompt_frameworks_display_name_length check (char_length(display_name) between 1 and 100),
  constraint prompt_frameworks_components_array check (jsonb_typeof(components) = 'array')
);
create index idx_prompt_frameworks_enabled on public.prompt_frameworks (is_enabled, sort_order);

create table public.prompt_templates (
  id uuid primary key default uuidv7(),
  user_id uuid default auth.uid() references auth.users (id) on delete cascade,
  name text not null,
  description text,
  framework_id text not null references public.prompt_frameworks (name) on update cascade on delete restrict,
  template_content text not null,
  variables jsonb not null default '[]',
  is_public boolean not null default false,
  is_active boolean not null default true,
  usage_count integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint prompt_templates_name_length check (char_length(name) between 1 and 100),
  constraint prompt_templates_description_length check (char_length(description) <= 5000),
  constraint prompt_templates_template_content_length check (char_length(template_content) between 1 and 100000),
  constraint prompt_templates_variables_array check (jsonb_typeof(variables) = 'array'),
  constraint prompt_templates_usage_count_not_negative check (usage_count >= 0)
);
create index idx_prompt_templates_user_id on public.prompt_templates (user_id, created_at desc);
create index idx_prompt_templates_framework_id on public.prompt_templates (framework_id);
create index idx_prompt_templates_public on public.prompt_templates (created_at desc) where is_public and is_active;

-- framework_name is what the framework was called then; template_id is the template that was used.
create table public.prompt_history (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  framework_id text not null references public.prompt_frameworks (name) on update cascade on delete restrict,
  framework_name text not null,
  template_id uuid references public.prompt_templates (id) on delete set null,
  model text not null,
  provider text not null references public.api_providers (name) on update cascade on delete restrict,
  user_input text not null,
  ai_response text,
  tone text,
  length text,
  temperature numeric,
  max_tokens integer,
  vibe_coding boolean not null default false,
  processing_time_ms integer,
  tokens_used integer,
  cost_usd numeric,
  status public.prompt_status not null default 'pending',
  error_message text,
  error_code text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint prompt_history_framework_name_length check (char_length(framework_name) between 1 and 100),
  constraint prompt_history_model_length check (char_length(model) between 1 and 50),
  constraint prompt_history_user_input_length check (char_length(user_input) between 1 and 100000),
  constraint prompt_history_ai_response_length check (char_length(ai_response) <= 1000000),
  constraint prompt_history_error_message_length check (char_length(error_message) <= 10000),
  constraint prompt_history_tone_length check (char_length(tone) <= 50),
  constraint prompt_history_length_length check (char_length(length) <= 50),
  constraint prompt_history_temperature_range check (temperature between 0 and 2),
  constraint prompt_history_max_tokens_positive check (max_tokens > 0),
  constraint prompt_history_processing_time_ms_not_negative check (processing_time_ms >= 0),
  constraint prompt_history_tokens_used_not_negative check (tokens_used >= 0),
  constraint prompt_history_cost_usd_not_negative check (cost_usd >= 0),
  constraint prompt_history_error_code_length check (char_length(error_code) <= 50)
);
create index idx_prompt_history_user_id on public.prompt_history (user_id);
create index idx_prompt_history_created_at on public.prompt_history (created_at);
create index idx_prompt_history_user_created on public.prompt_history (user_id, created_at desc);
create index idx_prompt_history_user_status on public.prompt_history (user_id, status);
create index idx_prompt_history_framework_id on public.prompt_history (framework_id);
create index idx_prompt_history_template_id on public.prompt_history (template_id);
create index idx_prompt_history_provider on public.prompt_history (provider);

create trigger set_updated_at before update on public.prompt_frameworks
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.prompt_templates
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.prompt_history
  for each row execute function private.set_updated_at();

-- A use stays counted when its history entry is deleted.
create function private.count_template_use() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.prompt_templates t set usage_count = t.usage_count + d.uses
  from (select template_id, count(*)::int as uses from new_rows
     where template_id is not null group by template_id) d
  where t.id = d.template_id;
  return null;
end $$;
create trigger prompt_history_count_template_use after insert on public.prompt_history
  referencing new table as new_rows
  for each statement execute function private.count_template_use();

alter table public.prompt_frameworks enable row level security;
alter table public.prompt_templates enable row level security;
alter table public.prompt_history enable row level security;

create policy "Authenticated users can view frameworks" on public.prompt_frameworks
  for select to authenticated using ((select auth.uid()) is not null);
create policy "Admins can insert frameworks" on public.prompt_frameworks
  for insert to authenticated with check ((select public.get_user_role()) = 'admin');
create policy "Admins can update frameworks" on public.prompt_frameworks
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Admins can delete frameworks" on public.prompt_frameworks
  for delete to authenticated using ((select public.get_user_role()) = 'admin');

create policy "Users can view own and public templates" on public.prompt_templates
  for select to authenticated using (user_id = (select auth.uid()) or (is_public and is_active));
create policy "Users can insert own templates" on public.prompt_templates
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own templates" on public.prompt_templates
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own templates" on public.prompt_templates
  for delete to authenticated using (user_id = (select auth.uid()));

create policy "Users can view own prompt history" on public.prompt_history
  for select to authenticated using (user_id = (select auth.uid()));
-- The template must be one that the caller can see, or its counter would tell of it.
create policy "Users can insert own prompt history" on public.prompt_history
  for insert to authenticated
  with check (user_id = (select auth.uid()) and (template_id is null or exists (
    select from public.prompt_templates t where t.id = template_id)));
create policy "Users can update own prompt history" on public.prompt_history
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own prompt history" on public.prompt_history
  for delete to authenticated using (user_id = (select auth.uid()));

revoke all on public.prompt_frameworks, public.prompt_templates, public.prompt_history
  from public, anon, authenticated, service_role;
grant select, delete on public.prompt_frameworks, public.prompt_templates, public.prompt_history to authenticated;
grant insert (id, name, display_name, description, components, template, examples, is_enabled, sort_order),
  update (name, display_name, description, components, template, examples, is_enabled, sort_order)
  on public.prompt_frameworks to authenticated;
grant insert (id, user_id, name, description, framework_id, template_content, variables, is_public, is_active),
  update (name, description, framework_id, template_content, variables, is_public, is_active)
  on public.prompt_templates to authenticated;
grant insert (id, user_id, framework_id, framework_name, template_id, model, provider, user_input, ai_response,
    tone, length, temperature, max_tokens, vibe_coding, processing_time_ms, status, error_message, error_code),
  update (ai_response, tone, length, temperature, max_tokens, vibe_coding, processing_time_ms, status,
    error_message, error_code)
  on public.prompt_history to authenticated;
grant select, insert, update, delete on public.prompt_frameworks, public.prompt_templates, public.prompt_history
  to service_role;
revoke execute on function private.count_template_use() from public;
