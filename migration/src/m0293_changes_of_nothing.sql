-- An update that leaves everything as it was is no change: the history had an entry without a field, as when a change was put
-- back twice.

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
  if tg_op = 'UPDATE' and changed = '{}' then
    return null;
  end if;
  perform private.record_audit(
    lower(tg_op), tg_table_name, coalesce(present ->> 'id', present ->> 'feedback_id'),
    jsonb_build_object('changed', changed)
      || case when by_program then '{"by": "service_role"}'::jsonb else '{}'::jsonb end);
  return null;
end $$;
