with granted (object, kind, name, privilege, grantee) as (
  select n.nspname::text, 'schema', quote_ident(n.nspname), a.privilege_type, a.grantee
  from pg_namespace n, aclexplode(n.nspacl) a
  where n.nspname = any ($1)
  union all
  select format('%I.%I', n.nspname, c.relname),
    case c.relkind when 'S' then 'sequence' else 'table' end,
    format('%I.%I', n.nspname, c.relname), a.privilege_type, a.grantee
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
  -- MAINTAIN exists from PostgreSQL 17 on, and lets nobody see or change a row.
  where n.nspname = any ($1) and not c.relispartition and a.privilege_type <> 'MAINTAIN'
  union all
  select format('%I.%I', n.nspname, c.relname), 'columns of',
    format('%I.%I', n.nspname, c.relname),
    format('%s (%s)', x.privilege_type, string_agg(quote_ident(x.attname), ', ' order by x.attname)), x.grantee
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join lateral (
    select a.attname, e.privilege_type, e.grantee
    from pg_attribute a, aclexplode(a.attacl) e
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) x on true
  where n.nspname = any ($1) and not c.relispartition
  group by n.nspname, c.relname, x.privilege_type, x.grantee
  union all
  select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), 'function',
    format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
    a.privilege_type, a.grantee
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace,
    aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  where n.nspname = any ($1)
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)
select
  g.object,
  format('%s %s to %s', g.kind, g.name, coalesce(r.rolname, 'public')) as name,
  string_agg(distinct g.privilege, ', ' order by g.privilege) as definition
from granted g
left join pg_roles r on r.oid = g.grantee
where g.grantee = 0 or r.rolname in ('anon', 'authenticated', 'authenticator', 'service_role')
group by g.object, g.kind, g.name, r.rolname
