-- What the builder's clients call on projects. Each names the user it is about; a caller may name
-- nobody but themselves, unless they are an admin or the server.

create function private.require_self(p_user_id uuid) returns void
  language plpgsql stable set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated')
    and p_user_id is distinct from auth.uid() and not public.is_current_user_admin() then
    raise exception 'this is only for the user themselves or an admin' using errcode = 'insufficient_privilege';
  end if;
end $$;

create function public.get_user_project_stats(p_user_id uuid default auth.uid())
  returns table (total_projects bigint, active_projects bigint, archived_projects bigint,
    deleted_projects bigint, shared_projects bigint, total_components bigint, total_recordings bigint,
    total_recording_seconds numeric, total_recording_bytes bigint, total_generations bigint,
    total_generation_cost numeric, last_activity_at timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_self(p_user_id);
  return query
  with own as (select p.* from public.projects p where p.user_id = p_user_id),
  recordings as (
    select count(*) as n, coalesce(sum(r.duration_seconds), 0) as seconds,
       coalesce(sum(r.size_bytes), 0)::bigint as bytes, max(r.updated_at) as latest
    from public.audio_recordings r where r.user_id = p_user_id),
  generations as (
    select count(*) as n, coalesce(sum(g.cost), 0) as cost, max(g.updated_at) as latest
    from public.prompt_generations g where g.user_id = p_user_id),
  components as (
    select count(*) as n, max(c.updated_at) as latest
    from public.project_components c join own on own.id = c.project_id where own.deleted_at is null)
  select count(*) filter (where own.deleted_at is null),
     count(*) filter (where own.deleted_at is null and own.status = 'active'),
     count(*) filter (where own.deleted_at is null and own.status = 'archived'),
     count(*) filter (where own.deleted_at is not null),
     (select count(*) from public.collaborators c
      join public.projects p on p.id = c.project_id and p.deleted_at is null
      where c.user_id = p_user_id and p.user_id <> p_user_id),
     (select n from components), (select n from recordings), (select seconds from recordings),
     (select bytes from recordings), (select n from generations), (select cost from generations),
     greatest(max(own.updated_at), (select latest from components), (select latest from recordings),
          (select latest from generations))
  from own;
end $$;

-- One row per provider for the calendar month (UTC) that holds p_month.
create function public.get_monthly_api_costs(
  p_user_id uuid default auth.uid(), p_month date default (now() at time zone 'UTC')::date)
  returns table (provider text, total_requests bigint, failed_requests bigint, total_input_tokens bigint,
    total_output_tokens bigint, total_cost numeric)
  language plpgsql stable security definer set search_path = '' as $$
declare
  first_day timestamp := date_trunc('month', p_month::timestamp);
begin
  perform private.require_self(p_user_id);
  return query
  select l.provider, count(*), count(*) filter (where l.status_code >= 400),
     coalesce(sum(l.input_tokens), 0)::bigint, coalesce(sum(l.output_tokens), 0)::bigint, sum(l.cost)
  from public.api_usage_logs l
  where l.user_id = p_user_id and l.created_at >= first_day at time zone 'UTC'
   and l.created_at < (first_day + interval '1 month') at time zone 'UTC'
  group by l.provider order by l.provider;
end $$;

-- Whether the user may create another project when p_max are allowed. Deleted ones do not count.
create function public.check_project_quota(p_user_id uuid default auth.uid(), p_max integer default 50)
  returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_self(p_user_id);
  return (select count(*) from public.projects p
      where p.user_id = p_user_id and p.deleted_at is null) < p_max;
end $$;

-- Puts a project of the user aside: collaborators lose sight of it, its rows stay. False if the user
-- has no such project, or it is deleted already.
create function public.soft_delete_project(p_project_id uuid, p_user_id uuid default auth.uid()) returns boolean
  language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_self(p_user_id);
  update public.projects set deleted_at = now()
  where id = p_project_id and user_id = p_user_id and deleted_at is null;
  return found;
end $$;

-- Brings a deleted project back. False if the user has no such project, or it is not deleted.
create function public.restore_project(p_project_id uuid, p_user_id uuid default auth.uid()) returns boolean
  language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_self(p_user_id);
  update public.projects set deleted_at = null
  where id = p_project_id and user_id = p_user_id and deleted_at is not null;
  return found;
end $$;

-- Copies a project that the user may see, with its components, into a new draft of theirs, and
-- returns its id. Recordings, generations and collaborators stay with the original.
create function public.duplicate_project(
  p_source_id uuid, p_user_id uuid default auth.uid(), p_name text default null) returns uuid
  language plpgsql security definer set search_path = '' as $$
declare
  copy_id uuid;
begin
  perform private.require_self(p_user_id);
  insert into public.projects (user_id, name, description, layout, settings, thumbnail_url, duplicated_from_id)
  select p_user_id, coalesce(p_name, left(p.name, 193) || ' (copy)'), p.description, p.layout, p.settings,
     p.thumbnail_url, p.id
  from public.projects p
  where p.id = p_source_id and p.deleted_at is null
   and (p.user_id = p_user_id or exists (
     select from public.collaborators c where c.project_id = p.id and c.user_id = p_user_id))
  returning id into copy_id;
  if copy_id is null then
    raise exception 'there is no such project' using errcode = 'no_data_found';
  end if;
  with renamed as (
    select c.id as old_id, gen_random_uuid() as new_id
    from public.project_components c where c.project_id = p_source_id)
  insert into public.project_components (id, project_id, parent_id, component_type, name, properties, styles,
    position_x, position_y, width, height, z_index, is_visible, is_locked)
  select own.new_id, copy_id, parent.new_id, c.component_type, c.name, c.properties, c.styles,
     c.position_x, c.position_y, c.width, c.height, c.z_index, c.is_visible, c.is_locked
  from public.project_components c
  join renamed own on own.old_id = c.id
  left join renamed parent on parent.old_id = c.parent_id;
  return copy_id;
end $$;

revoke execute on function
  private.require_self(uuid), public.get_user_project_stats(uuid), public.get_monthly_api_costs(uuid, date),
  public.check_project_quota(uuid, integer), public.soft_delete_project(uuid, uuid),
  public.restore_project(uuid, uuid), public.duplicate_project(uuid, uuid, text) from public, anon;
grant execute on function
  public.get_user_project_stats(uuid), public.get_monthly_api_costs(uuid, date),
  public.check_project_quota(uuid, integer), public.soft_delete_project(uuid, uuid),
  public.restore_project(uuid, uuid), public.duplicate_project(uuid, uuid, text)
  to authenticated, service_role;
