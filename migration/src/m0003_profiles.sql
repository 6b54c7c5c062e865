-- Profiles and settings of people.

create type public.user_subscription_plan as enum ('free', 'pro', 'team', 'enterprise');
create type public.user_subscription_status as enum
  ('trialing', 'active', 'past_due', 'canceled', 'incomplete', 'unpaid');
create type public.prompt_provider as enum ('openai', 'gemini', 'anthropic');
create type public.prompt_framework_name as enum
  ('roses', 'ape', 'tag', 'era', 'race', 'rise', 'care', 'coast', 'trace');
create type public.ui_theme as enum ('light', 'dark', 'system');

create table public.users (
  id uuid primary key references auth.users (id) on delete cascade,
  email text unique,
  email_verified timestamptz,
  name text,
  display_name text,
  avatar_url text,
  bio text,
  preferences jsonb not null default '{
    "theme": "system",
    "autoSave": true,
    "notifications": true,
    "clusterSuggestions": true,
    "aiFeatures": true
  }',
  subscription_plan public.user_subscription_plan not null default 'free',
  subscription_status public.user_subscription_status,
  subscription_current_period_end timestamptz,
  is_active boolean not null default true,
  last_login_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_email_length check (char_length(email) <= 255),
  constraint users_name_length check (char_length(name) between 1 and 255),
  constraint users_display_name_length check (char_length(display_name) between 1 and 100),
  constraint users_avatar_url_format check (avatar_url ~ '^https?://[^[:space:]]+$' and char_length(avatar_url) <= 2048),
  constraint users_bio_length check (char_length(bio) <= 2000),
  constraint users_preferences_object check (jsonb_typeof(preferences) = 'object'),
  constraint users_preferences_size check (pg_column_size(preferences) <= 16384)
);

create table public.user_preferences (
  id uuid primary key default uuidv7(),
  user_id uuid not null unique default auth.uid() references auth.users (id) on delete cascade,
  selected_model public.prompt_provider not null,
  selected_framework public.prompt_framework_name not null default 'roses',
  theme public.ui_theme not null default 'dark',
  language text not null default 'en',
  enable_notifications boolean not null default true,
  enable_analytics boolean not null default true,
  enable_history boolean not null default true,
  enable_feedback boolean not null default true,
  max_history_days integer not null default 30,
  auto_cleanup boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_preferences_language_format check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,6})?$'),
  constraint user_preferences_max_history_days_range check (max_history_days between 1 and 3650)
);

alter table public.users enable row level security;
create policy "Users can view own profile" on public.users
  for select to authenticated using (id = (select auth.uid()));
create policy "Users can update own profile" on public.users
  for update to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));

alter table public.user_preferences enable row level security;
create policy "Users can view own preferences" on public.user_preferences
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own preferences" on public.user_preferences
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own preferences" on public.user_preferences
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own preferences" on public.user_preferences
  for delete to authenticated using (user_id = (select auth.uid()));

-- A profile comes and goes with its account; nobody inserts or deletes one by itself.
revoke all on public.users, public.user_preferences from public, anon, authenticated, service_role;
grant select on public.users to authenticated;
grant update (name, display_name, avatar_url, bio, preferences) on public.users to authenticated;
grant select, update on public.users to service_role;

grant select, delete on public.user_preferences to authenticated;
grant
  insert (
    id, user_id, selected_model, selected_framework, theme, language, enable_notifications,
    enable_analytics, enable_history, enable_feedback, max_history_days, auto_cleanup
  ),
  update (
    selected_model, selected_framework, theme, language, enable_notifications,
    enable_analytics, enable_history, enable_feedback, max_history_days, auto_cleanup
  )
  on public.user_preferences to authenticated;
grant select, insert, update, delete on public.user_preferences to service_role;

create trigger set_updated_at before update on public.users
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.user_preferences
  for each row execute function private.set_updated_at();

-- What the owner of an account says about themselves, cut to fit the profile: nobody's sign-up
-- fails because a provider sent a long name or an odd picture.
create function private.metadata_text(metadata jsonb, keys text[], max_length integer) returns text
language sql immutable parallel safe set search_path = ''
return (
  select left(trim(metadata ->> key), max_length)
  from unnest(keys) with ordinality as candidates (key, place)
  where trim(metadata ->> key) <> ''
  order by place
  limit 1
);

create function private.create_profile() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  picture text := private.metadata_text(new.raw_user_meta_data, '{avatar_url,picture}', 2048);
begin
  insert into public.users (id, email, email_verified, name, display_name, avatar_url, last_login_at)
  values (
    new.id,
    new.email,
    new.email_confirmed_at,
    private.metadata_text(new.raw_user_meta_data, '{full_name,name}', 255),
    private.metadata_text(new.raw_user_meta_data, '{display_name,name,full_name}', 100),
    case when picture ~ '^https?://[^[:space:]]+$' then picture end,
    new.last_sign_in_at
  )
  on conflict (id) do nothing;
  return null;
end $$;

create function private.sync_profile() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.users
  set email = new.email, email_verified = new.email_confirmed_at, last_login_at = new.last_sign_in_at
  where id = new.id
    and (email, email_verified, last_login_at)
      is distinct from (new.email, new.email_confirmed_at, new.last_sign_in_at);
  return null;
end $$;

revoke execute on function
  private.metadata_text(jsonb, text[], integer), private.create_profile(), private.sync_profile()
  from public;

create trigger create_profile after insert on auth.users
  for each row execute function private.create_profile();
create trigger sync_profile after update of email, email_confirmed_at, last_sign_in_at on auth.users
  for each row execute function private.sync_profile();

-- Accounts that were there before the profiles.
insert into public.users (id, email, email_verified, name, display_name, last_login_at)
select
  id, email, email_confirmed_at,
  private.metadata_text(raw_user_meta_data, '{full_name,name}', 255),
  private.metadata_text(raw_user_meta_data, '{display_name,name,full_name}', 100),
  last_sign_in_at
from auth.users;
