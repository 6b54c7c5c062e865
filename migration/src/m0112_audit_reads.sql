-- Who looked at what: an administrator's queries over other people's rows are logged as theirs. And what
-- the operator's programs do with the service role's rights is logged as what administrators do, without an actor.

-- Tables whose policy shows an administrator everybody's rows.
create function private.is_read_by_admins(p_table text) returns boolean
language sql stable security definer set search_path = ''
return exists (
  select from pg_catalog.pg_policies p
  where format('%s.%s', p.schemaname, p.tablename) = p_table and p.cmd in ('SELECT', 'ALL')
    and p.qual like '%readable_from%');

-- One entry a minute for the same tables and variables, so that what is looked at all the time does not fill
-- the log.
create function private.record_admin_read(
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

create or replace function private.record_admin_act(p_action text) returns void
  language plpgsql security definer set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') then
    perform private.record_audit(p_action, 'database', null, '{}');
  elsif current_setting('role') = 'service_role' then
    perform private.record_audit(p_action, 'database', null, '{"by": "service_role"}');
  end if;
end $$;

create or replace function private.audit_admin_write() returns trigger
  language plpgsql security definer set search_path = '' as $$
declare
  before jsonb;
  after jsonb;
  present jsonb;
  personal boolean;
  changed jsonb;
  by_program constant boolean := current_setting('role') = 'service_role';
begin
  if not by_program and (current_setting('role') not in ('anon', 'authenticated') or not public.is_current_user_admin()) then
    return null;
  end if;
  before := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  present := coalesce(after, before);
  personal := present ? 'user_id';
  if personal and (present ->> 'user_id')::uuid is not distinct from auth.uid() then
    return null;
  end if;
  -- Programs write errors down, and take in what people say: that is what they are for.
  if by_program and personal and tg_op = 'INSERT' then
    return null;
  end if;
  select coalesce(jsonb_object_agg(k.key,
    case when personal then '{}'::jsonb
      else jsonb_strip_nulls(jsonb_build_object('from', before -> k.key, 'to', after -> k.key)) end), '{}')
  into changed
  from jsonb_object_keys(present) k (key)
  where k.key not in ('created_at', 'updated_at')
    and before -> k.key is distinct from after -> k.key;
  perform private.record_audit(
    lower(tg_op), tg_table_name, coalesce(present ->> 'id', present ->> 'feedback_id'),
    jsonb_build_object('changed', changed)
      || case when by_program then '{"by": "service_role"}'::jsonb else '{}'::jsonb end);
  return null;
end $$;

revoke execute on function
  private.is_read_by_admins(text), private.record_admin_read(uuid, text[], text, jsonb, inet, text)
  from public, anon, authenticated, service_role;
