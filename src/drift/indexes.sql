select
  format('%I.%I', n.nspname, c.relname) as object,
  format('%I.%I', n.nspname, i.relname) as name,
  concat_ws(', ', pg_get_indexdef(x.indexrelid), case when not x.indisvalid then 'invalid' end) as definition
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_class c on c.oid = x.indrelid
join pg_namespace n on n.oid = c.relnamespace
where not c.relispartition and c.relkind in ('r', 'p', 'm') and n.nspname = any ($1)
