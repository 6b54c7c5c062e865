-- Projects of the visual prompt builder, their parts, and who they are shared with.

create type public.project_status as enum ('draft', 'active', 'archived');
-- In order: a later role may do all that an earlier one may. Viewers read, editors write, owners share.
create type public.collaborator_role as enum ('viewer', 'editor', 'owner');
create type public.component_type as enum (
  'container', 'heading', 'text', 'image', 'button', 'input', 'textarea', 'select', 'checkbox', 'card',
  'list', 'table', 'form', 'navigation', 'icon', 'video', 'audio', 'prompt', 'custom');
create type public.transcription_status as enum ('pending', 'processing', 'completed', 'failed');

create table public.projects (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null,
  description text,
  status public.project_status not null default 'draft',
  layout jsonb not null default '{}',
  settings jsonb not null default '{}',
  thumbnail_url text,
  duplicated_from_id uuid references public.projects (id) on delete set null,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint projects_name_length check (char_length(name) between 1 and 200),
  constraint projects_description_length check (char_length(description) <= 5000),
  constraint projects_layout_object check (jsonb_typeof(layout) = 'object'),
  constraint projects_layout_size check (pg_column_size(layout) <= 1048576),
  constraint projects_settings_size check (pg_column_size(settings) <= 65536),
  constraint projects_thumbnail_url_format check (thumbnail_url ~ '^https?://[^[:space:]]+$' and char_length(thumbnail_url) <= 2048),
  constraint projects_settings_object check (jsonb_typeof(settings) = 'object')
);
create index idx_projects_user_id on public.projects (user_id, updated_at desc);
create index idx_projects_user_live on public.projects (user_id, status) where deleted_at is null;
create index idx_projects_duplicated_from_id on public.projects (duplicated_from_id);

create table public.collaborators (
  id uuid primary key default uuidv7(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role public.collaborator_role not null default 'viewer',
  invited_by uuid default auth.uid() references auth.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint collaborators_project_id_user_id_key unique (project_id, user_id)
);
create index idx_collaborators_user_id on public.collaborators (user_id, role, project_id);
create index idx_collaborators_invited_by on public.collaborators (invited_by);

create table public.project_components (
  id uuid primary key default uuidv7(),
  project_id uuid not null references public.projects (id) on delete cascade,
  parent_id uuid,
  component_type public.component_type not null,
  name text not null,
  properties jsonb not null default '{}',
  styles jsonb not null default '{}',
  position_x double precision not null default 0,
  position_y double precision not null default 0,
  width double precision,
  height double precision,
  z_index integer not null default 0,
  is_visible boolean not null default true,
  is_locked boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint project_components_id_project_id_key unique (id, project_id),
  -- A component and its parent are in one project.
  constraint project_components_parent_fkey foreign key (parent_id, project_id)
    references public.project_components (id, project_id) on delete cascade,
  constraint project_components_name_length check (char_length(name) between 1 and 200),
  constraint project_components_properties_object check (jsonb_typeof(properties) = 'object'),
  constraint project_components_styles_object check (jsonb_typeof(styles) = 'object'),
  constraint project_components_properties_size check (pg_column_size(properties) <= 262144),
  constraint project_components_styles_size check (pg_column_size(styles) <= 65536),
  constraint project_components_width_not_negative check (width >= 0),
  constraint project_components_height_not_negative check (height >= 0),
  constraint project_components_not_own_parent check (parent_id <> id)
);
create index idx_project_components_project_id on public.project_components (project_id, z_index, id);
create index idx_project_components_parent_id on public.project_components (parent_id, project_id);

create table public.audio_recordings (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  project_id uuid not null references public.projects (id) on delete cascade,
  storage_path text not null,
  file_name text not null,
  mime_type text not null,
  size_bytes bigint not null,
  duration_seconds numeric,
  transcription text,
  transcription_status public.transcription_status not null default 'pending',
  transcription_language text,
  transcribed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint audio_recordings_storage_path_key unique (storage_path),
  constraint audio_recordings_storage_path_format
    check (storage_path ~ ('^' || user_id::text || '/' || project_id::text || '/[0-9]+_[^/]+$')),
  constraint audio_recordings_file_name_length check (char_length(file_name) between 1 and 255),
  constraint audio_recordings_mime_type_allowed check (mime_type in (
    'audio/mpeg', 'audio/wav', 'audio/webm', 'audio/ogg', 'audio/mp4', 'audio/aac')),
  constraint audio_recordings_size_bytes_range check (size_bytes between 1 and 52428800),
  constraint audio_recordings_transcription_length check (char_length(transcription) <= 1000000),
  constraint audio_recordings_duration_seconds_not_negative check (duration_seconds >= 0)
);
create index idx_audio_recordings_user_id on public.audio_recordings (user_id, created_at desc);
create index idx_audio_recordings_project_id on public.audio_recordings (project_id, created_at desc);

create table public.prompt_generations (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  project_id uuid references public.projects (id) on delete cascade,
  audio_recording_id uuid references public.audio_recordings (id) on delete set null,
  input_text text not null,
  generated_prompt text,
  model text,
  provider text,
  parameters jsonb not null default '{}',
  input_tokens integer,
  output_tokens integer,
  cost numeric,
  duration_ms integer,
  status public.prompt_status not null default 'pending',
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint prompt_generations_input_text_length check (char_length(input_text) between 1 and 100000),
  constraint prompt_generations_generated_prompt_length check (char_length(generated_prompt) <= 1000000),
  constraint prompt_generations_error_message_length check (char_length(error_message) <= 10000),
  constraint prompt_generations_parameters_size check (pg_column_size(parameters) <= 65536),
  constraint prompt_generations_model_length check (char_length(model) <= 100),
  constraint prompt_generations_provider_length check (char_length(provider) <= 50),
  constraint prompt_generations_parameters_object check (jsonb_typeof(parameters) = 'object'),
  constraint prompt_generations_tokens_not_negative check (input_tokens >= 0 and output_tokens >= 0),
  constraint prompt_generations_cost_not_negative check (cost >= 0),
  constraint prompt_generations_duration_ms_not_negative check (duration_ms >= 0)
);
create index idx_prompt_generations_user_id on public.prompt_generations (user_id, created_at desc);
create index idx_prompt_generations_project_id on public.prompt_generations (project_id, created_at desc);
create index idx_prompt_generations_audio_recording_id on public.prompt_generations (audio_recording_id);

create trigger set_updated_at before update on public.projects
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.collaborators
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.project_components
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.audio_recordings
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.prompt_generations
  for each row execute function private.set_updated_at();

-- The projects in which the caller has at least a role. Security definer, since the policies of
-- projects and collaborators would ask each other for ever. Policies call it in a subselect without
-- reference to the row, so that a statement evaluates it once and searches the index with the result.
create function private.shared_project_ids(p_least public.collaborator_role) returns setof uuid
  language sql stable security definer set search_path = '' as $$
  select c.project_id from public.collaborators c
  join public.projects p on p.id = c.project_id and p.deleted_at is null
  where c.user_id = auth.uid() and c.role >= p_least
$$;
create function private.my_project_ids(p_least public.collaborator_role) returns setof uuid
  language sql stable security definer set search_path = '' as $$
  select p.id from public.projects p where p.user_id = auth.uid()
  union all
  select c.project_id from public.collaborators c
  join public.projects p on p.id = c.project_id and p.deleted_at is null
  where c.user_id = auth.uid() and c.role >= p_least
$$;

alter table public.projects enable row level security;
alter table public.collaborators enable row level security;
alter table public.project_components enable row level security;
alter table public.audio_recordings enable row level security;
alter table public.prompt_generations enable row level security;

-- The owner's own column comes first, since a project that a statement inserts is not yet among
-- those that the function finds.
create policy "Users can view own and shared projects" on public.projects
  for select to authenticated
  using (user_id = (select auth.uid())
    or id = any (array(select private.shared_project_ids('viewer'))));
create policy "Users can create own projects" on public.projects
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Owners and editors can update projects" on public.projects
  for update to authenticated
  using (user_id = (select auth.uid())
    or id = any (array(select private.shared_project_ids('editor'))))
  with check (user_id = (select auth.uid())
    or id = any (array(select private.shared_project_ids('editor'))));
create policy "Users can delete own projects" on public.projects
  for delete to authenticated using (user_id = (select auth.uid()));

create policy "Users can view collaborators of their projects" on public.collaborators
  for select to authenticated
  using (project_id = any (array(select private.my_project_ids('viewer'))));
create policy "Owners can add collaborators" on public.collaborators
  for insert to authenticated
  with check (project_id = any (array(select private.my_project_ids('owner'))));
create policy "Owners can change collaborators" on public.collaborators
  for update to authenticated
  using (project_id = any (array(select private.my_project_ids('owner'))))
  with check (project_id = any (array(select private.my_project_ids('owner'))));
create policy "Owners can remove collaborators, collaborators can leave" on public.collaborators
  for delete to authenticated
  using (user_id = (select auth.uid())
    or project_id = any (array(select private.my_project_ids('owner'))));

create policy "Users can view components of their projects" on public.project_components
  for select to authenticated
  using (project_id = any (array(select private.my_project_ids('viewer'))));
create policy "Editors can add components" on public.project_components
  for insert to authenticated
  with check (project_id = any (array(select private.my_project_ids('editor'))));
create policy "Editors can change components" on public.project_components
  for update to authenticated
  using (project_id = any (array(select private.my_project_ids('editor'))))
  with check (project_id = any (array(select private.my_project_ids('editor'))));
create policy "Editors can delete components" on public.project_components
  for delete to authenticated
  using (project_id = any (array(select private.my_project_ids('editor'))));

create policy "Users can view recordings of their projects" on public.audio_recordings
  for select to authenticated
  using (project_id = any (array(select private.my_project_ids('viewer'))));
create policy "Editors can add own recordings" on public.audio_recordings
  for insert to authenticated
  with check (user_id = (select auth.uid())
    and project_id = any (array(select private.my_project_ids('editor'))));
create policy "Editors can change recordings" on public.audio_recordings
  for update to authenticated
  using (project_id = any (array(select private.my_project_ids('editor'))))
  with check (project_id = any (array(select private.my_project_ids('editor'))));
create policy "Editors can delete recordings" on public.audio_recordings
  for delete to authenticated
  using (project_id = any (array(select private.my_project_ids('editor'))));

create policy "Users can view own generations and those of their projects" on public.prompt_generations
  for select to authenticated
  using (user_id = (select auth.uid())
    or project_id = any (array(select private.my_project_ids('viewer'))));
create policy "Users can create own generations" on public.prompt_generations
  for insert to authenticated
  with check (user_id = (select auth.uid())
    and (project_id is null or project_id = any (array(select private.my_project_ids('editor'))))
    and (audio_recording_id is null or exists (
      select from public.audio_recordings r where r.id = audio_recording_id)));
create policy "Users can update own generations" on public.prompt_generations
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own generations" on public.prompt_generations
  for delete to authenticated using (user_id = (select auth.uid()));

-- The files of a project are parts of it: `{user_id}/{project_id}/{timestamp}_{filename}` names it.
alter policy "Users can view own audio files" on storage.objects
  using (bucket_id = 'audio-recordings' and (
    split_part(name, '/', 1) = (select auth.uid())::text
    or split_part(name, '/', 2) = any (array(select shared::text from private.shared_project_ids('viewer') shared))));

revoke all on public.projects, public.collaborators, public.project_components, public.audio_recordings,
  public.prompt_generations from public, anon, authenticated, service_role;
grant select, delete on public.projects, public.collaborators, public.project_components,
  public.audio_recordings, public.prompt_generations to authenticated;
grant insert (id, user_id, name, description, status, layout, settings, thumbnail_url),
  update (name, description, status, layout, settings, thumbnail_url) on public.projects to authenticated;
grant insert (id, project_id, user_id, role), update (role) on public.collaborators to authenticated;
grant insert (id, project_id, parent_id, component_type, name, properties, styles, position_x, position_y,
    width, height, z_index, is_visible, is_locked),
  update (parent_id, component_type, name, properties, styles, position_x, position_y, width, height,
    z_index, is_visible, is_locked)
  on public.project_components to authenticated;
grant insert (id, user_id, project_id, storage_path, file_name, mime_type, size_bytes, duration_seconds),
  update (duration_seconds, transcription, transcription_language) on public.audio_recordings to authenticated;
grant insert (id, user_id, project_id, audio_recording_id, input_text, generated_prompt, model, provider,
    parameters, duration_ms, status, error_message),
  update (generated_prompt, parameters, duration_ms, status, error_message)
  on public.prompt_generations to authenticated;
grant select, insert, update, delete on public.projects, public.collaborators, public.project_components,
  public.audio_recordings, public.prompt_generations to service_role;
revoke execute on function private.shared_project_ids(public.collaborator_role),
  private.my_project_ids(public.collaborator_role) from public;
grant execute on function private.shared_project_ids(public.collaborator_role),
  private.my_project_ids(public.collaborator_role) to authenticated, service_role;
