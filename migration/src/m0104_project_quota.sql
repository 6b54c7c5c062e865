-- How many projects a person may have is asked when one is made, brought back or handed over, and
-- can be read by them. Administrators set it as `maxProjectsPerUser` of `app_settings`.

create function private.project_quota() returns integer
language sql stable security definer set search_path = ''
return coalesce(
  (select (c.config_data ->> 'maxProjectsPerUser')::integer from public.admin_config c
   where c.config_key = 'app_settings'),
  50);
comment on function private.project_quota() is 'How many projects a person may have; deleted ones do not count.';

create or replace function public.check_project_quota(p_user_id uuid default auth.uid(), p_max integer default null)
  returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_self(p_user_id);
  return (select count(*) from public.projects p
      where p.user_id = p_user_id and p.deleted_at is null) < coalesce(p_max, private.project_quota());
end $$;

-- The caller's own figures.
create function public.get_project_quota() returns table (used bigint, quota integer)
language sql stable security definer set search_path = '' rows 1
begin atomic
  select count(*), private.project_quota() from public.projects p
  where p.user_id = (select auth.uid()) and p.deleted_at is null;
end;
comment on function public.get_project_quota() is
  'How many projects the caller has, deleted ones not counted, and how many they may have.';

-- After the row, so that each row of a statement counts those before it. The lock makes two that are
-- made at once count each other. The operator's own programs are not held to the quota.
create function private.keep_project_quota() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  allowed integer;
begin
  if current_setting('role') not in ('anon', 'authenticated') then
    return null;
  end if;
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('project quota ' || new.user_id, 0));
  allowed := private.project_quota();
  if (select count(*) from public.projects p where p.user_id = new.user_id and p.deleted_at is null) > allowed then
    raise exception 'No more than % projects are allowed: delete one first', allowed
      using errcode = 'ML001', schema = 'public', table = 'projects';
  end if;
  return null;
end $$;
create trigger keep_project_quota after insert on public.projects
  for each row when (new.deleted_at is null) execute function private.keep_project_quota();
create trigger keep_project_quota_on_update after update of deleted_at, user_id on public.projects
  for each row when (new.deleted_at is null and (old.deleted_at is not null or old.user_id <> new.user_id))
  execute function private.keep_project_quota();

create or replace function public.validate_admin_config_data() returns trigger
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
    if new.config_data ? 'maxProjectsPerUser' and (
      jsonb_typeof(new.config_data -> 'maxProjectsPerUser') <> 'number'
      or (new.config_data ->> 'maxProjectsPerUser')::numeric not between 0 and 1000000
      or (new.config_data ->> 'maxProjectsPerUser')::numeric % 1 <> 0) then
      perform private.refuse_admin_config(
        '"maxProjectsPerUser" is a whole number from 0 to 1,000,000');
    end if;
  elsif new.config_key = 'logging_settings' then
    perform private.validate_logging_settings(new.config_data);
  else
    perform private.validate_agent_config(
      regexp_replace(new.config_key, '_(google|openai|anthropic)$', ''), new.config_data);
  end if;
  return new;
end $$;

revoke execute on function
  private.project_quota(), private.keep_project_quota(), public.get_project_quota()
  from public, anon, authenticated, service_role;
grant execute on function public.get_project_quota() to authenticated;

-- `clusters { activeNoteCount }` lists the same, with conditions, orders and pages.
drop function public.list_clusters(integer, integer);
