create function public.list_clusters(max_results integer default 50, skip integer default 0)
returns table (
  id uuid, title text, description text, status public.cluster_status, confidence_score numeric,
  created_at timestamptz, updated_at timestamptz, note_count bigint
)
language sql stable security invoker set search_path = ''
begin atomic
  select
    c.id, c.title, c.description, c.status, c.confidence_score, c.created_at, c.updated_at,
    (select count(*) from public.notes n where n.cluster_id = c.id and n.deleted_at is null)
  from public.clusters c
  where c.user_id = (select auth.uid())
  order by c.created_at desc, c.id
  limit least(greatest(max_results, 0), 1000) offset greatest(skip, 0);
end;
comment on function public.list_clusters(integer, integer) is
  'The caller''s clusters, newest first, each with the number of its notes that are not deleted.';
revoke execute on function public.list_clusters(integer, integer) from public, anon, service_role;
grant execute on function public.list_clusters(integer, integer) to authenticated;

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
  elsif new.config_key = 'logging_settings' then
    perform private.validate_logging_settings(new.config_data);
  else
    perform private.validate_agent_config(
      regexp_replace(new.config_key, '_(google|openai|anthropic)$', ''), new.config_data);
  end if;
  return new;
end $$;

drop trigger keep_project_quota_on_update on public.projects;
drop trigger keep_project_quota on public.projects;
drop function private.keep_project_quota();
drop function public.get_project_quota();
create or replace function public.check_project_quota(p_user_id uuid default auth.uid(), p_max integer default 50)
  returns boolean
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_self(p_user_id);
  return (select count(*) from public.projects p
      where p.user_id = p_user_id and p.deleted_at is null) < p_max;
end $$;
drop function private.project_quota();
