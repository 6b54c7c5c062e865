-- A row that many people's transactions write makes each wait for the other's commit. What they count together they
-- append to a table of their own instead, and the server adds it up.

-- Uses of templates that `usage_count` does not have yet. Without a foreign key, which would lock the template.
create table mindloom.template_uses (
  id bigint generated always as identity primary key,
  template_id uuid not null,
  uses integer not null,
  constraint template_uses_uses_positive check (uses > 0)
);
alter table mindloom.template_uses enable row level security;
revoke all on mindloom.template_uses from public, anon, authenticated, service_role;

-- A use stays counted when its history entry is deleted.
create or replace function private.count_template_use() returns trigger
  language plpgsql security definer set search_path = '' as $$
begin
  insert into mindloom.template_uses (template_id, uses)
  select template_id, count(*)::int from new_rows where template_id is not null group by template_id;
  return null;
end $$;

-- Adds what was counted to the templates, and says how many entries it took: fewer than `p_max` when no more is to be
-- had now. Templates that somebody is changing are left for the next time, so that nobody waits. Entries of templates
-- that are gone are dropped.
create function private.fold_template_uses(p_max integer default 1000) returns bigint
  language plpgsql security definer set search_path = '' as $$
declare
  folded bigint;
  free uuid[];
begin
  -- One server at a time; the others need not wait for it.
  if not pg_try_advisory_xact_lock(hashtextextended('mindloom.template_uses', 0)) then
    return 0;
  end if;
  select coalesce(array_agg(t.id), '{}') into free from (
    select t.id from public.prompt_templates t
    where t.id in (select u.template_id from mindloom.template_uses u)
    order by t.id limit p_max for no key update skip locked) t;
  with taken as (
    delete from mindloom.template_uses u
    where u.id in (
      select old.id from mindloom.template_uses old
      where old.template_id = any (free)
        or not exists (select from public.prompt_templates t where t.id = old.template_id)
      order by old.id limit p_max)
    returning u.template_id, u.uses
  ), counted as (
    update public.prompt_templates t set usage_count = t.usage_count + d.uses
    from (select template_id, sum(uses)::int as uses from taken group by template_id) d
    where t.id = d.template_id
  )
  select count(*) into folded from taken;
  return folded;
end $$;
revoke execute on function private.fold_template_uses(integer) from public;

-- Taking a key used to throw away other people's old keys: who used one of those again waited for that transaction.
-- The server throws them away now.
create or replace function public.take_idempotency_key(key text, request_hash bytea) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  caller text := coalesce((select auth.uid())::text, (select auth.role()), 'anon');
  known record;
begin
  delete from mindloom.idempotency_keys k
  where k.owner = caller and k.key = take_idempotency_key.key and k.created_at < now() - interval '1 day';
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
