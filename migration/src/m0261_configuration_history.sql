-- Who changed what of the configuration: the audit has it. What was can be put back.

-- As before, but what an object has of nulls within stays there, for it is to be put back as it was.
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
      else (case when before ->> k.key is null then '{}'::jsonb else jsonb_build_object('from', before -> k.key) end)
        || (case when after ->> k.key is null then '{}'::jsonb else jsonb_build_object('to', after -> k.key) end)
      end), '{}')
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

create function public.get_configuration_history(p_table text, p_id uuid, p_first integer, p_before uuid) returns jsonb
  language sql stable security definer set search_path = '' as $$
  select private.require_admin();
  with present as (
    select 'admin_config' as kind, c.id::text as id, c.config_key as name from public.admin_config c
    union all select 'model_config', m.id::text, m.name from public.model_config m
    union all select 'api_providers', p.id::text, p.display_name from public.api_providers p
    union all select 'prompt_frameworks', f.id::text, f.display_name from public.prompt_frameworks f)
  select coalesce(jsonb_agg(h.entry order by h.id desc), '[]')
  from (
    select a.id, jsonb_build_object(
      'id', a.id, 'at', a.created_at, 'actorId', a.actor_id, 'actorEmail', a.actor_email,
      'byProgram', a.actor_account_id is null,
      'act', case a.action when 'insert' then 'CREATED' when 'update' then 'CHANGED' else 'DELETED' end,
      'table', upper(a.target_type), 'targetId', a.target_id,
      'name', coalesce(n.name, c.named ->> 'from', c.named ->> 'to', a.target_id),
      'changed', a.details -> 'changed',
      'canPutBack', coalesce(a.details -> 'changed', '{}') <> '{}' and a.action <> 'insert' and (a.action = 'delete') = (n.id is null)) as entry
    from public.audit_entries a
    left join present n on n.kind = a.target_type and n.id = a.target_id
    cross join lateral (select coalesce(a.details -> 'changed' -> 'config_key', a.details -> 'changed' -> 'display_name',
      a.details -> 'changed' -> 'name')) c (named)
    where a.target_type = any (array['admin_config', 'model_config', 'api_providers', 'prompt_frameworks'])
      and a.action = any (array['insert', 'update', 'delete'])
      and (p_table is null or a.target_type = p_table) and (p_id is null or a.target_id = p_id::text)
      and (p_before is null or a.id < p_before)
    order by a.id desc limit p_first) h;
$$;
comment on function public.get_configuration_history(text, uuid, integer, uuid) is
  'Changes of the configuration, the newest first: all, those of a table, or those of one entry. For administrators.';

-- Makes an entry what it was before a change, or makes one that was deleted anew. It is a write like any other of its
-- caller: policies, grants and rules hold, and the audit has it.
create function public.put_back_configuration(p_change uuid) returns uuid
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
comment on function public.put_back_configuration(uuid) is
  'Makes an entry of the configuration what it was before a change. For administrators.';

revoke execute on function
  public.get_configuration_history(text, uuid, integer, uuid), public.put_back_configuration(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.get_configuration_history(text, uuid, integer, uuid), public.put_back_configuration(uuid)
  to authenticated, service_role;
