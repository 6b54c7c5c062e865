create or replace function public.take_idempotency_key(key text, request_hash bytea) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  caller text := coalesce((select auth.uid())::text, (select auth.role()), 'anon');
  known record;
begin
  delete from mindloom.idempotency_keys k
  where k.ctid = any (array(
    select old.ctid from mindloom.idempotency_keys old
    where old.created_at < now() - interval '1 day' order by old.created_at limit 10 for update skip locked));
  insert into mindloom.idempotency_keys as k (owner, key, request_hash)
  values (caller, take_idempotency_key.key, take_idempotency_key.request_hash)
  on conflict do nothing;
  if found then
    return null;
  end if;
  select k.request_hash, k.answer into known
  from mindloom.idempotency_keys k
  where k.owner = caller and k.key = take_idempotency_key.key;
  if known.request_hash is distinct from take_idempotency_key.request_hash then
    raise exception 'This Idempotency-Key was used for another request' using errcode = 'P0001';
  end if;
  return known.answer;
end $$;

create or replace function private.count_template_use() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  update public.prompt_templates t set usage_count = t.usage_count + d.uses
  from (select template_id, count(*)::int as uses from new_rows
     where template_id is not null group by template_id) d
  where t.id = d.template_id;
  return null;
end $$;

-- What was counted and not added yet is added.
update public.prompt_templates t set usage_count = t.usage_count + d.uses
from (select template_id, sum(uses)::int as uses from mindloom.template_uses group by template_id) d
where t.id = d.template_id;
drop function private.fold_template_uses(integer);
drop table mindloom.template_uses;
