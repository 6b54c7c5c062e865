update public.audit_entries a set details = a.details || jsonb_build_object('changed', f.changed)
from private.former_configuration f where f.entry_id = a.id;

create or replace function private.record_audit(
  p_action text, p_target_type text, p_target_id text, p_details jsonb,
  p_actor uuid default null, p_address inet default null, p_user_agent text default null) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  actor uuid := coalesce(p_actor, auth.uid());
begin
  insert into public.audit_entries
    (actor_id, actor_account_id, actor_email, action, target_type, target_id, details, ip_address, user_agent)
  select u.id, actor, u.email, p_action, p_target_type, p_target_id, coalesce(p_details, '{}'),
    private.logged_address(p_address), private.logged_user_agent(p_user_agent)
  from (select) one left join auth.users u on u.id = actor;
end $$;

create or replace function private.record_admin_read(
  p_actor uuid, p_tables text[], p_operation text, p_variables jsonb, p_address inet, p_user_agent text) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  seen text[] := array(select t from unnest(p_tables) t where private.is_read_by_admins(t) order by t);
  look jsonb;
begin
  if seen = '{}' then
    return;
  end if;
  look := jsonb_strip_nulls(jsonb_build_object(
    'tables', to_jsonb(seen), 'operation', p_operation,
    'variables', case when pg_column_size(p_variables) <= 4096 and p_variables <> '{}' then p_variables end));
  if exists (
    select from public.audit_entries a
    where a.actor_account_id = p_actor and a.created_at > now() - interval '1 minute'
      and a.action = 'read' and a.details = look) then
    return;
  end if;
  perform private.record_audit('read', 'table', null, look, p_actor, p_address, p_user_agent);
end $$;

create or replace function public.put_back_configuration(p_change uuid) returns uuid
  language plpgsql set search_path = '' as $$
declare
  change record;
  target regclass;
  columns text;
  former jsonb;
  put_back uuid;
begin
  select a.action, a.target_type, a.target_id::uuid as id, a.details -> 'changed' as changed into change
  from public.audit_entries a
  where a.id = p_change and a.action = any (array['update', 'delete'])
    and a.target_type = any (array['admin_config', 'model_config', 'api_providers', 'prompt_frameworks']);
  if not found then
    raise exception 'There is no such change of the configuration of which something could be put back'
      using errcode = 'no_data_found';
  end if;
  target := format('public.%I', change.target_type)::regclass;
  select string_agg(quote_ident(a.attname), ', '), jsonb_object_agg(a.attname, change.changed -> a.attname -> 'from')
  into columns, former
  from pg_catalog.pg_attribute a
  where a.attrelid = target and a.attnum > 0 and not a.attisdropped and change.changed ? a.attname
    and has_column_privilege(target, a.attnum, case change.action when 'update' then 'update' else 'insert' end);
  if columns is null then
    raise exception 'The server made this change by itself; there is nothing to put back' using errcode = 'no_data_found';
  end if;
  if change.action = 'update' then
    execute format('update %1$s t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$s, $1))
      where t.id = $2 returning t.id', target, columns) into put_back using former, change.id;
  else
    execute format('insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1) returning id',
      target, columns) into put_back using former;
  end if;
  if put_back is null then
    raise exception 'The entry was deleted since: put back its deletion first' using errcode = 'no_data_found';
  end if;
  return put_back;
end $$;

create or replace function private.require_admin() returns void
  language plpgsql stable set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') and not public.is_current_user_admin() then
    raise exception 'only an admin may do this' using errcode = 'insufficient_privilege';
  end if;
end $$;

drop function public.get_former_configuration(uuid);
drop table private.former_configuration;
drop function private.masked(jsonb, integer), private.masked_text(text), private.secrecy(text);
