select
  format('%I.%I', n.nspname, t.typname) as object,
  format('%I.%I', n.nspname, t.typname) as name,
  'enum: ' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) as definition
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
join pg_enum e on e.enumtypid = t.oid
where n.nspname = any ($1)
group by n.nspname, t.typname
