-- Two questions that operators ask of the whole database: do derived columns still agree with what
-- they are derived from, and does anything stand open. Both only read.

create function public.integrity_check() returns table (check_name text, status text, problems bigint, details text)
  language plpgsql stable security definer set search_path = '' as $$
declare
  found_count bigint;
begin
  perform private.require_admin();

  select count(*) into found_count
  from public.chats c
  left join (
    select m.chat_id, sum(m.input_tokens) as input_tokens, sum(m.output_tokens) as output_tokens, sum(m.cost) as cost
    from public.messages m group by m.chat_id
  ) s on s.chat_id = c.id
  where (c.total_input_tokens, c.total_output_tokens, c.total_cost)
    is distinct from (coalesce(s.input_tokens, 0), coalesce(s.output_tokens, 0), coalesce(s.cost, 0));
  return query select 'chat_totals', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Chats whose totals are not the sums over their messages.';

  select count(*) into found_count
  from public.clusters c
  left join (
    select n.cluster_id, count(*) as notes, count(*) filter (where n.deleted_at is null) as active,
      sum(n.word_count) filter (where n.deleted_at is null) as words
    from public.notes n group by n.cluster_id
  ) s on s.cluster_id = c.id
  where (c.note_count, c.active_note_count, c.total_words)
    is distinct from (coalesce(s.notes, 0), coalesce(s.active, 0), coalesce(s.words, 0));
  return query select 'cluster_counters', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Clusters whose counters are not those of their notes.';

  select count(*) into found_count
  from (select a.id from public.artifacts a group by a.id
        having count(distinct a.user_id) > 1 or max(a.version_number) < count(*)) broken;
  return query select 'artifact_versions', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Artifacts with versions of several owners, or with numbers that do not count up.';

  select count(*) into found_count
  from public.artifacts a join public.artifacts p on p.version_id = a.parent_version_id
  where p.id <> a.id or p.version_number >= a.version_number;
  return query select 'artifact_version_tree', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Versions whose parent is a later version, or one of another artifact.';

  select count(*) into found_count
  from (
    select 'note' as entity_type, n.id from public.notes n where n.deleted_at is null
    union all select 'document', d.id from public.documents d
    union all select distinct 'artifact', a.id from public.artifacts a
  ) source
  full join public.search_index s on s.entity_type::text = source.entity_type and s.entity_id = source.id
  where s.id is null or source.id is null;
  return query select 'search_index', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Notes, documents and artifacts that the search index lacks, and entries without a source.';

  select count(*) into found_count
  from (select m.provider from public.model_config m group by m.provider
        having count(*) filter (where m.is_default) <> 1) broken;
  return query select 'default_models', case when found_count = 0 then 'ok' else 'warning' end, found_count,
    'Providers without exactly one default model.';

  select count(*) into found_count
  from auth.users a left join public.users u on u.id = a.id where u.id is null;
  return query select 'profiles', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Accounts without a profile.';

  select count(*) into found_count from pg_catalog.pg_constraint c
  where not c.convalidated and c.connamespace in ('public'::regnamespace, 'auth'::regnamespace);
  return query select 'unvalidated_constraints', case when found_count = 0 then 'ok' else 'warning' end, found_count,
    'Constraints that existing rows were never checked against.';

  select count(*) into found_count from pg_catalog.pg_index i where not i.indisvalid;
  return query select 'invalid_indexes', case when found_count = 0 then 'ok' else 'failed' end, found_count,
    'Indexes that are not used, since building them failed.';
end $$;

-- What stands open. An empty answer is a good one. Severity `info` is for things to know, not to fix.
create function public.security_audit() returns table (severity text, finding text, object text)
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_admin();

  return query
  select 'critical', 'row level security is off', c.oid::regclass::text
  from pg_catalog.pg_class c
  where c.relkind in ('r', 'p') and not c.relrowsecurity
    and c.relnamespace in (select n.oid from pg_catalog.pg_namespace n
                           where n.nspname in ('public', 'auth', 'storage', 'realtime'))
  order by 3;

  return query
  select 'critical', 'a policy holds for every role', format('%s: %s', p.polrelid::regclass, p.polname)
  from pg_catalog.pg_policy p where p.polroles = '{0}'
  order by 3;

  return query
  select 'critical', 'a policy lets everybody write', format('%s: %s', p.polrelid::regclass, p.polname)
  from pg_catalog.pg_policy p
  where p.polcmd <> 'r'
    and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid)) = 'true'
    and exists (select from unnest(p.polroles) r where r::regrole::text in ('anon', 'authenticated'))
  order by 3;

  return query
  select 'critical', 'a security definer function without a fixed search_path', p.oid::regprocedure::text
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and n.nspname in ('public', 'private', 'auth', 'storage', 'realtime')
    and not exists (select from unnest(p.proconfig) c where c like 'search\_path=%')
  order by 3;

  return query
  select 'warning', 'a security definer function that anybody may execute', p.oid::regprocedure::text
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and n.nspname in ('public', 'private')
    and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
  order by 3;

  return query
  select 'critical', 'signed-out callers may write', c.oid::regclass::text
  from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    and (has_any_column_privilege('anon', c.oid, 'insert') or has_any_column_privilege('anon', c.oid, 'update')
      or has_table_privilege('anon', c.oid, 'delete'))
  order by 3;

  return query
  select 'critical', format('%s may read a secret', r.name), format('%s.%s', c.oid::regclass, a.attname)
  from pg_catalog.pg_class c
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  cross join (values ('anon'), ('authenticated'), ('service_role')) r (name)
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    and a.attname ~ '(_encrypted|password|secret)' and has_column_privilege(r.name, c.oid, a.attnum, 'select')
  order by 3;

  return query
  select 'warning', 'a view reads as its owner', c.oid::regclass::text
  from pg_catalog.pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
    and not coalesce(c.reloptions::text[] && array['security_invoker=true', 'security_invoker=on'], false)
  order by 3;

  return query
  select 'info', 'an account is admin', coalesce(u.email, u.id::text)::text
  from auth.users u where u.raw_app_meta_data ->> 'role' = 'admin'
  order by 3;
end $$;

revoke execute on function public.integrity_check(), public.security_audit() from public, anon;
grant execute on function public.integrity_check(), public.security_audit() to authenticated, service_role;
