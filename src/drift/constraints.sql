select
  format('%I.%I', n.nspname, c.relname) as object,
  format('%I.%I %I', n.nspname, c.relname, k.conname) as name,
  pg_get_constraintdef(k.oid) as definition
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
-- From PostgreSQL 18 on, not null is a constraint too; columns tell it on every version.
where k.contype not in ('n', 't') and not c.relispartition and n.nspname = any ($1)
