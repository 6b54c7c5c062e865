-- Everything that migrations make, one line each, but for the change log's partitions: which are there
-- depends on the time.
with own as (
  select oid, nspname from pg_namespace
  where nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and nspname not like 'pg\_temp%'
    and nspname not like 'pg\_toast\_temp%'
), of_extension as (
  select classid, objid from pg_depend where deptype = 'e'
), lines (line) as (
select format('schema %s', nspname) from own
union all
select format('extension %s', extname) from pg_extension
union all
select format('relation %s.%s kind %s rls %s options %s acl %s', nspname, relname, relkind, relrowsecurity, reloptions, relacl)
from pg_class join own on own.oid = relnamespace
where (pg_class.tableoid, pg_class.oid) not in (select * from of_extension)
union all
select format('column %s.%s.%s %s null %s default %s generated %s acl %s', nspname, relname, attname,
  format_type(atttypid, atttypmod), not attnotnull, pg_get_expr(adbin, adrelid), attgenerated, attacl)
from pg_attribute
join pg_class on pg_class.oid = attrelid and relkind in ('r', 'p', 'v')
join own on own.oid = relnamespace
left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attnum > 0 and not attisdropped
union all
select format('constraint %s on %s %s', conname, conrelid::regclass, pg_get_constraintdef(pg_constraint.oid))
from pg_constraint join own on own.oid = connamespace
union all
select format('index %s', indexdef) from pg_indexes where schemaname in (select nspname from own)
union all
select format('policy %s on %s.%s %s %s to %s using %s check %s', policyname, schemaname, tablename, permissive, cmd, roles, qual, with_check)
from pg_policies
union all
select format('trigger %s', pg_get_triggerdef(pg_trigger.oid)) from pg_trigger where not tgisinternal
union all
select format('function %s acl %s', pg_get_functiondef(pg_proc.oid), proacl)
from pg_proc join own on own.oid = pronamespace
where prokind in ('f', 'p') and (pg_proc.tableoid, pg_proc.oid) not in (select * from of_extension)
union all
select format('enum %s.%s %s', nspname, typname, (
  select array_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = pg_type.oid))
from pg_type join own on own.oid = typnamespace where typtype = 'e'
union all
select format('view %s.%s %s', schemaname, viewname, definition) from pg_views where schemaname in (select nspname from own)
)
select line from lines where line !~ 'changes_\d{10}' order by 1
