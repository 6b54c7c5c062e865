select
  format('%I.%I', n.nspname, c.relname) as object,
  format('%I.%I', n.nspname, c.relname) as name,
  concat_ws(', ',
    case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' else 'materialized view' end,
    case when c.relrowsecurity then 'row level security' end,
    case when c.relforcerowsecurity then 'forced' end,
    array_to_string(c.reloptions, ', ')) as definition
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and n.nspname = any ($1)
